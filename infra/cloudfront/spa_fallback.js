// A path without a file extension is a page: docs/index.html draws those under /docs, index.html all others, the console's.
function handler(event) {
  var request = event.request;
  var file = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (file.indexOf('.') === -1) {
    var isDocs = request.uri === '/docs' || request.uri.indexOf('/docs/') === 0;
    request.uri = isDocs ? '/docs/index.html' : '/index.html';
  }
  return request;
}
