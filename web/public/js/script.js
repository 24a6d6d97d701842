// P09's tracker. Speaks Plausible's Events API: https://plausible.io/docs/events-api
(function () {
  var script = document.currentScript;
  var endpoint = script.getAttribute("data-api") || new URL(script.src).origin + "/api/event";
  var domain = script.getAttribute("data-domain") || location.hostname;
  var lastPage;

  function isIgnored() {
    try {
      return location.protocol === "file:" || localStorage.plausible_ignore === "true";
    } catch (_) {
      return false; // Storage is forbidden here: then nobody can have asked to be ignored.
    }
  }

  function send(name, options) {
    var callback = options && options.callback;
    if (isIgnored()) return callback && callback();
    var event = {
      name: name,
      url: (options && options.url) || location.href,
      domain: domain,
      referrer: document.referrer || null,
    };
    if (options && options.props) event.props = options.props;
    // text/plain needs no preflight; keepalive lets the request outlive the page.
    fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      keepalive: true,
      body: JSON.stringify(event),
    }).then(
      function (answer) {
        if (callback) callback({ status: answer.status });
      },
      function (error) {
        if (callback) callback({ error: error });
      },
    );
  }

  function view() {
    if (lastPage === location.pathname) return;
    lastPage = location.pathname;
    send("pageview");
  }

  var queue = (window.plausible && window.plausible.q) || [];
  window.plausible = send;
  for (var i = 0; i < queue.length; i++) send.apply(null, queue[i]);

  var pushState = history.pushState;
  history.pushState = function () {
    pushState.apply(history, arguments);
    view();
  };
  addEventListener("popstate", view);

  if (document.prerendering) document.addEventListener("prerenderingchange", view, { once: true });
  else view();
})();
