// The workspace's clock on the page: the server says the time, the browser lets it run.

const seen = new WeakMap(); // element -> {said, at}: what the server said, and when that was here

export function startClock() {
  tick();
  setInterval(tick, 1000);
}

function tick() {
  for (const element of document.querySelectorAll("time[data-clock]")) {
    const { clock, zone, locale } = element.dataset;
    if (seen.get(element)?.said !== clock) seen.set(element, { said: clock, at: performance.now() });
    const passed = "runs" in element.dataset ? performance.now() - seen.get(element).at : 0;
    const words = moment(new Date(Date.parse(clock) + passed), zone, locale);
    if (element.textContent !== words) element.textContent = words;
  }
}

function moment(date, timeZone, locale) {
  const twelve = locale.replace("_", "-") === "en-US";
  const day = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short" })
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const time = new Intl.DateTimeFormat(twelve ? "en-US" : "en-GB", { timeZone, hour: twelve ? "numeric" : "2-digit", minute: "2-digit", hour12: twelve });
  return `${day.weekday} ${day.day} ${day.month.slice(0, 3)} ${time.format(date)}`;
}
