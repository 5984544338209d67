// Tells the page around the frame that the card is ready. Without script the payer just goes on.
const own = document.currentScript;
if (window.parent !== window) {
  window.parent.postMessage(
    { type: "memberpay:card-ready", session: own.dataset.session },
    own.dataset.parent,
  );
}
