// The field a scanner types into (components/scan.html).
//
// A scanner types faster than a server answers, so codes stand in a queue and go one after another. Each has its own
// command id. A code that did not reach the server stays in the queue with the same id: if the server had in fact done
// it, the repeat changes nothing. An answer with an error status, or one that contains data-outcome="refused", beeps.
// The typed text is sent as it is: the server knows how to read a scan made under a Kazakh or Russian keyboard layout.
//
// With data-scan-keep="key" the queue outlives the tab: each unsent code stands in the browser's store with its command
// id and the form's other fields as they were when it was scanned, and is sent when a page with the same key is opened
// again. Such a code leaves the store only when the server has answered for it: an expired session keeps it.

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

/** Codes of an earlier page that did not reach the server, oldest first. */
function kept(prefix) {
  const found = [];
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(prefix))) {
    try {
      found.push(JSON.parse(localStorage.getItem(name)));
    } catch {
      localStorage.removeItem(name); // Half a line, written when the power went: nothing to be read from it.
    }
  }
  return found.sort((one, other) => one.at - other.at);
}

/** Put a code into the browser's store; where there is no room the queue of the page still holds it. */
function keep(prefix, scanned) {
  try {
    localStorage.setItem(prefix + scanned.command, JSON.stringify(scanned));
  } catch {
    // Full or forbidden.
  }
}

/** What the form says besides the code and what belongs to this page alone. */
function circumstances(form, input) {
  const fields = Object.fromEntries(new FormData(form));
  for (const name of [input.name, "command_id", "csrfmiddlewaretoken"]) delete fields[name];
  return fields;
}

function equip(form) {
  form.dataset.ready = "";
  form.noValidate = true; // The field is emptied before its code is sent; what is empty is not sent anyway.
  const input = form.querySelector(".scan-input");
  const id = form.elements.command_id;
  const waiting = form.querySelector("[data-scan-waiting]");
  const prefix = form.dataset.scanKeep ? `scan:${form.dataset.scanKeep}:` : "";
  const queue = prefix ? kept(prefix) : [];
  let running = false;

  const show = (state) => {
    form.dataset.state = state;
    const left = queue.length;
    waiting.hidden = state !== "waiting";
    waiting.querySelector("[data-scan-count]").textContent = String(left);
  };

  const send = async ({ code, command, fields }) => {
    let state = "failed";
    const settle = (event) => {
      const { xhr, requestConfig } = event.detail;
      if (requestConfig.parameters.command_id !== command) return;
      if (xhr.status === 0 || [502, 503, 504].includes(xhr.status)) return;
      if (prefix && (xhr.status >= 500 || [401, 403, 408, 429].includes(xhr.status))) return;
      state = xhr.status >= 400 || xhr.responseText.includes('data-outcome="refused"') ? "refused" : "done";
    };
    document.addEventListener("htmx:afterRequest", settle);
    try {
      await window.htmx.ajax("POST", form.action, {
        source: form,
        target: form.dataset.target,
        swap: form.dataset.swap,
        values: { ...fields, [input.name]: code, command_id: command },
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
      const queued = queue[0];
      const state = await send(queued);
      if (state === "failed") {
        show("waiting");
        await new Promise((go) => {
          const timer = setTimeout(go, AGAIN);
          window.addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
        });
        continue;
      }
      queue.shift();
      if (prefix) localStorage.removeItem(prefix + queued.command);
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
    const scanned = { code, command: id.value, fields: prefix ? circumstances(form, input) : {}, at: Date.now() };
    queue.push(scanned);
    if (prefix) keep(prefix, scanned);
    id.value = newId();
    work();
  });

  // Leaving would lose what was scanned but not sent, unless it is kept.
  window.addEventListener("beforeunload", (event) => {
    if (queue.length && !prefix) event.preventDefault();
  });

  if (queue.length) {
    show("waiting");
    work();
  }
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
