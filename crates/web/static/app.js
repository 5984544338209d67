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
  const onward = document.getElementById("onward");
  const button = document.querySelector("button.onward");
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.data?.type !== "memberpay:card-ready") return;
    const ready = document.querySelector(".card-ready");
    ready.textContent = ready.dataset.text;
    const missing = [...onward.elements].find((el) => el.type === "text" && !el.value.trim());
    if (missing) {
      button.hidden = false;
      missing.focus();
    } else {
      onward.requestSubmit(button);
    }
  });
  // The button of the frame goes on with the payment. Ours is there if the frame stays silent.
  let loads = 0;
  frame.addEventListener("load", () => (button.hidden = (loads += 1) < 2));
  button.hidden = true;
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

// Two minutes before the session ends a dialog says so; one press stays. Another window may have
// kept the session alive meanwhile, so the server is asked; that does not count as use.
const idle = document.getElementById("idle");
if (idle && idle.showModal) {
  const warning = 120;
  const line = idle.querySelector(".countdown");
  const stay = idle.querySelector("form");
  let end = Date.now() + Number(idle.dataset.seconds) * 1000;
  let spoken = 0;
  const left = () => Math.max(0, Math.ceil((end - Date.now()) / 1000));
  const gone = () => location.replace("/signed-out?idle=1");
  const ask = async () => {
    try {
      const answer = await fetch("/session/left", { cache: "no-store" });
      end = Date.now() + (await answer.json()).seconds * 1000;
    } catch {
      // Without an answer the clock of this page goes on.
    }
  };
  const say = (seconds) => {
    // Spoken every 15 seconds, not every second.
    const step = Math.ceil(seconds / 15) * 15;
    if (step === spoken) return;
    spoken = step;
    line.textContent = (seconds === 1 ? line.dataset.one : line.dataset.other).replace("{count}", seconds);
  };
  const close = () => {
    spoken = 0;
    line.textContent = "";
    if (idle.open) idle.close();
  };
  const tick = async () => {
    if (left() === 0 || (left() <= warning && !idle.open)) await ask();
    const now = left();
    if (now === 0) {
      gone();
      return;
    }
    if (now > warning) {
      close();
    } else {
      if (!idle.open) idle.showModal();
      say(now);
    }
    setTimeout(tick, now > warning ? (now - warning) * 1000 : 1000);
  };
  // What is filled in on the page stays there.
  const extend = async () => {
    const answer = await fetch(stay.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(stay)),
      redirect: "manual",
    });
    if (answer.type !== "opaqueredirect" && !answer.ok) {
      gone();
      return;
    }
    await ask();
    close();
  };
  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    extend().catch(() => stay.submit());
  });
  // Escape closes a dialog: the person is there.
  idle.addEventListener("cancel", (event) => {
    event.preventDefault();
    extend().catch(() => stay.submit());
  });
  tick();
}

// Passkeys: the browser speaks in bytes, the form in base64url.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
for (const button of document.querySelectorAll("[data-passkey]")) {
  const form = button.form;
  const failed = form.querySelector("[data-passkey-failed]");
  const fail = (text) => {
    failed.textContent = text;
    failed.hidden = false;
  };
  if (!window.PublicKeyCredential) {
    fail(button.dataset.missing);
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    failed.hidden = true;
    const { publicKey } = JSON.parse(button.dataset.options);
    publicKey.challenge = toBytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = toBytes(publicKey.user.id);
    for (const known of [...(publicKey.excludeCredentials ?? []), ...(publicKey.allowCredentials ?? [])]) {
      known.id = toBytes(known.id);
    }
    try {
      const made = await navigator.credentials[button.dataset.passkey]({ publicKey });
      const response = {};
      for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (made.response[name]) response[name] = toText(made.response[name]);
      }
      form.elements.credential.value = JSON.stringify({
        id: made.id,
        rawId: toText(made.rawId),
        type: made.type,
        extensions: {},
        response,
      });
      form.submit();
    } catch {
      fail(failed.dataset.passkeyFailed);
      button.focus();
    }
  });
}

// Printing needs the script, so its button appears only with it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
