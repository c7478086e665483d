// A button with data-camera="id" takes a picture with the camera of this computer or phone into the file field of that id.
// Shown only where there is a camera to ask; the picture is looked at before it is kept. The words stand in the template.

const WIDEST = 2_400;

async function show(dialog) {
  const film = dialog.querySelector("video");
  const trouble = dialog.querySelector("[data-trouble]");
  const shutter = dialog.querySelector("[data-keep]");
  trouble.hidden = true;
  shutter.disabled = true;
  dialog.showModal();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: { ideal: "environment" }, width: { ideal: WIDEST } },
    });
  } catch {
    trouble.hidden = false;
    return;
  }
  if (!dialog.open) {
    for (const track of stream.getTracks()) track.stop();
    return;
  }
  film.addEventListener("loadeddata", () => { shutter.disabled = false; }, { once: true });
  film.srcObject = stream;
  dialog.addEventListener("close", () => {
    for (const track of stream.getTracks()) track.stop();
    film.srcObject = null;
  }, { once: true });
}

function keep(dialog, field) {
  const film = dialog.querySelector("video");
  const paper = document.createElement("canvas");
  paper.width = film.videoWidth;
  paper.height = film.videoHeight;
  paper.getContext("2d").drawImage(film, 0, 0);
  paper.toBlob((picture) => {
    const files = new DataTransfer();
    files.items.add(new File([picture], "cover.jpg", { type: "image/jpeg" }));
    field.files = files.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    dialog.close();
    field.focus();
  }, "image/jpeg", 0.9);
}

for (const button of document.querySelectorAll("button[data-camera]")) {
  const field = document.getElementById(button.dataset.camera);
  const dialog = document.getElementById(button.getAttribute("aria-controls"));
  if (!field || !dialog || !navigator.mediaDevices?.getUserMedia) continue;
  button.hidden = false;
  button.addEventListener("click", () => show(dialog));
  dialog.querySelector("[data-keep]").addEventListener("click", () => keep(dialog, field));
}
