/* After an answer was swapped in, data-bring-into-view is what it is about: focused, and scrolled to where it can be seen. */
document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.target.matches?.("[data-bring-into-view]") ? event.target : event.target.querySelector?.("[data-bring-into-view]");
  if (!target) return;
  target.focus({ preventScroll: true });
  const margins = parseFloat(getComputedStyle(target).scrollMarginTop) * 2 || 0;
  target.scrollIntoView({ block: target.offsetHeight + margins > window.innerHeight ? "start" : "nearest" });
});
