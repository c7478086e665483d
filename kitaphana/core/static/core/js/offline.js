// Says calmly that there is no connection, and stops saying it when it is back.

const notes = () => document.querySelectorAll("[data-offline]");
const show = (isOffline) => notes().forEach((note) => (note.hidden = !isOffline));

addEventListener("offline", () => show(true));
addEventListener("online", () => show(false));
document.addEventListener("htmx:sendError", () => show(true));
document.addEventListener("htmx:afterOnLoad", () => show(false));
if (!navigator.onLine) show(true);
