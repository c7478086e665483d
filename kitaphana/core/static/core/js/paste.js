// A paste larger than any description stops the browser for many seconds and is refused by the server in the end. It is
// refused here at once, in words; what stands in the form stays. The words come from data-too-long of #toasts.

const MOST = 300_000;
const place = document.getElementById("toasts");

document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (text.length <= MOST || !place) return;
  event.preventDefault();
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: place.dataset.tooLong });
  toast.dataset.toast = "";
  place.replaceChildren(toast);
});
