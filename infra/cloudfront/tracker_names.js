// The tracker is one file that reads its options from its own name: script.hash.js, plausible.js and pa-….js are all that file.
function handler(event) {
  var request = event.request;
  if (/^\/js\/(script\.|plausible[.-]|pa-)[\w.-]*js$/.test(request.uri)) request.uri = '/js/script.js';
  return request;
}
