export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const soon = find(".soon");
  find(".name").textContent = data.name;
  find(".out").textContent = data.words.out;
  find(".soon p").textContent = data.words.soon;
  soon.setAttribute("aria-label", data.words.soon);
  find(".stay").textContent = data.words.stay;
  find(".stay").onclick = () => {
    soon.hidden = true;
    setTriggerValue("stay", true);
  };

  // A server that does not answer cannot say that the sign-in still holds: after its longest idle time nothing is shown.
  let answered = Date.now();
  const LONGEST_MS = 15 * 60 * 1000;

  function leave() {
    document.documentElement.style.visibility = "hidden"; // at once: the next page takes a moment
    window.location.replace("/login");
  }

  async function look() {
    let left;
    try {
      const answer = await fetch("/session", { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) return leave();
      if (!answer.ok) throw new Error(String(answer.status));
      left = (await answer.json()).ends_in;
      answered = Date.now();
    } catch {
      if (Date.now() - answered > LONGEST_MS) leave();
      return;
    }
    soon.hidden = left > data.warned;
  }

  const wake = () => { if (document.visibilityState === "visible") look(); };
  const timer = setInterval(look, data.every * 1000);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pageshow", wake);
  look();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("pageshow", wake);
  };
}
