/* What htmx could not do is told in words with a button that repeats it; an answer that is the sign-in page reloads the page. */
const area = () => document.getElementById("messages");

function tell(kind, detail) {
  const template = document.getElementById("request-failed");
  if (!template || !area()) return;
  const notice = template.content.cloneNode(true);
  for (const text of notice.querySelectorAll("[data-when]")) {
    if (text.dataset.when !== kind) text.remove();
  }
  const { verb, path } = detail.requestConfig ?? {};
  const retry = notice.querySelector("[data-retry]");
  if (kind === "refused" || !path) {
    retry.addEventListener("click", () => location.reload());
  } else {
    retry.addEventListener("click", () => {
      area().replaceChildren();
      if (detail.elt.matches?.("form")) detail.elt.requestSubmit();
      else window.htmx.ajax(verb, path, { source: detail.elt, target: detail.target, values: detail.requestConfig.parameters });
    });
  }
  area().replaceChildren(notice);
}

document.addEventListener("htmx:responseError", (event) => {
  tell(event.detail.xhr.status >= 500 ? "server" : "refused", event.detail);
});
document.addEventListener("htmx:sendError", (event) => tell("network", event.detail));
document.addEventListener("htmx:timeout", (event) => tell("network", event.detail));

document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (answered && new URL(answered).pathname.startsWith("/accounts/login/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
