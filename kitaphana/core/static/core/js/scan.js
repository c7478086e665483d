// The field a scanner types into (components/scan.html).
//
// A scanner types faster than a server answers, so codes stand in a queue and go one after another. Each has its own
// command id. A code that did not reach the server stays in the queue with the same id: if the server had in fact done
// it, the repeat changes nothing. An answer with an error status, or one that contains data-outcome="refused", beeps.
// The typed text is sent as it is: the server knows how to read a scan made under a Kazakh or Russian keyboard layout.

const AGAIN = 3000;

/** A random id of version 4; randomUUID exists only on https and localhost, schools also use plain addresses. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

let audio = null;

/** Two low tones for a refusal, one short high for success. */
function sound(tones) {
  audio ??= new AudioContext();
  tones.forEach(([frequency, start, length]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + start;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + length);
  });
}

const REFUSED = [[240, 0, 0.22], [190, 0.2, 0.34]];
const DONE = [[880, 0, 0.08]];

function equip(form) {
  form.dataset.ready = "";
  form.noValidate = true; // The field is emptied before its code is sent; what is empty is not sent anyway.
  const input = form.querySelector(".scan-input");
  const id = form.elements.command_id;
  const waiting = form.querySelector("[data-scan-waiting]");
  const queue = [];
  let running = false;

  const show = (state) => {
    form.dataset.state = state;
    const left = queue.length;
    waiting.hidden = state !== "waiting";
    waiting.querySelector("[data-scan-count]").textContent = String(left);
  };

  const send = async ({ code, command }) => {
    let state = "failed";
    const settle = (event) => {
      const { xhr, requestConfig } = event.detail;
      if (requestConfig.parameters.command_id !== command) return;
      if (xhr.status === 0 || [502, 503, 504].includes(xhr.status)) return;
      state = xhr.status >= 400 || xhr.responseText.includes('data-outcome="refused"') ? "refused" : "done";
    };
    document.addEventListener("htmx:afterRequest", settle);
    try {
      await window.htmx.ajax("POST", form.action, {
        source: form,
        target: form.dataset.target,
        swap: form.dataset.swap,
        values: { [input.name]: code, command_id: command },
      });
    } catch {
      // Not reached: «failed» stays.
    } finally {
      document.removeEventListener("htmx:afterRequest", settle);
    }
    return state;
  };

  const work = async () => {
    if (running) return;
    running = true;
    while (queue.length) {
      if (form.dataset.state !== "waiting") show("sending");
      const state = await send(queue[0]);
      if (state === "failed") {
        show("waiting");
        await new Promise((go) => {
          const timer = setTimeout(go, AGAIN);
          window.addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
        });
        continue;
      }
      queue.shift();
      show(state);
      if (state === "refused" && form.dataset.sound !== "off") sound(REFUSED);
      if (state === "done" && form.dataset.sound === "all") sound(DONE);
    }
    running = false;
  };

  form.addEventListener("submit", (event) => {
    if (!form.dataset.target || !window.htmx) return; // An ordinary form: the page is loaded anew.
    event.preventDefault();
    const code = input.value.trim();
    input.value = ""; // Ready for the next one.
    input.focus();
    if (!code) return;
    queue.push({ code, command: id.value });
    id.value = newId();
    work();
  });

  // Leaving would lose what was scanned but not sent.
  window.addEventListener("beforeunload", (event) => {
    if (queue.length) event.preventDefault();
  });
}

// Typing while nothing has the focus is a scan: it belongs to the field.
document.addEventListener("keydown", (event) => {
  if (event.target !== document.body && event.target.id !== "main") return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === "/") return;
  if (document.querySelector("dialog[open]")) return;
  document.querySelector("[data-scan] .scan-input")?.focus();
});

function equipAll() {
  for (const form of document.querySelectorAll("form[data-scan]:not([data-ready])")) equip(form);
}

equipAll();
document.addEventListener("htmx:load", equipAll);
document.addEventListener("htmx:afterSettle", () => {
  // An answer may have taken the focused element away.
  if (document.activeElement === document.body) document.querySelector("[data-scan] .scan-input")?.focus();
});
