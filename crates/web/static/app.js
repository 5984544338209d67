// Comforts. Every page works without this script.

// The list of mistakes gets the focus; its links lead to the fields.
const summary = document.getElementById("error-summary");
if (summary) summary.focus();

// A form that must be sent once drops a second press for ten seconds.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = form.querySelector("button[type=submit]");
    button?.setAttribute("aria-disabled", "true");
    setTimeout(() => {
      delete form.dataset.sent;
      button?.removeAttribute("aria-disabled");
    }, 10_000);
  });
}

// The bank's name under its routing number.
for (const place of document.querySelectorAll("[data-look-up]")) {
  const input = place.parentElement.querySelector("input");
  input.addEventListener("change", async () => {
    place.textContent = "";
    const typed = input.value.replace(/\D/g, "");
    if (typed.length !== 9) return;
    try {
      const answer = await fetch(`${place.dataset.lookUp}?routing=${typed}`);
      place.textContent = (await answer.json()).name ?? "";
    } catch {
      // Without the name the form works all the same.
    }
  });
}

// The card frame says that it is done.
const frame = document.querySelector("iframe.card-fields");
if (frame) {
  const origin = new URL(frame.src).origin;
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.data?.type !== "memberpay:card-ready") return;
    const ready = document.querySelector(".card-ready");
    ready.textContent = ready.dataset.text;
    const form = document.querySelector("main form");
    (form.querySelector("input:not([type=hidden])") ?? form.querySelector("button")).focus();
  });
}

// The waiting page asks quietly, ever more slowly, and goes on when the outcome is there.
const waiting = document.querySelector("[data-status]");
if (waiting) {
  let pause = 700;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.status, { cache: "no-store" });
      if ((await answer.json()).done) {
        location.replace(waiting.dataset.done);
        return;
      }
    } catch {
      // The page reloads by itself too.
    }
    pause = Math.min(pause * 1.4, 5000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

// Two minutes before the session ends a dialog says so; one press stays.
const idle = document.getElementById("idle");
if (idle && idle.showModal) {
  const end = Date.now() + Number(idle.dataset.seconds) * 1000;
  const line = idle.querySelector(".countdown");
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (left === 0) {
      location.replace("/signed-out?idle=1");
      return;
    }
    if (left <= 120) {
      if (!idle.open) idle.showModal();
      // Spoken every 15 seconds, not every second.
      if (left % 15 === 0 || !line.textContent) {
        line.textContent = (left === 1 ? line.dataset.one : line.dataset.other).replace("{count}", left);
      }
    }
    setTimeout(tick, left > 121 ? (left - 120) * 1000 : 1000);
  };
  tick();
}

// Printing needs the script, so its button appears only with it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
