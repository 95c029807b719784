/** Give every time its full stamp in the viewer's own zone, shown on hover. */
export function showLocalTimes() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const element of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.getAttribute("datetime") ?? "");
    if (!Number.isNaN(moment.getTime())) element.setAttribute("title", format.format(moment));
  }
}
