// A path without a file extension is a page of the console: index.html draws it.
function handler(event) {
  var request = event.request;
  var file = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (file.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
