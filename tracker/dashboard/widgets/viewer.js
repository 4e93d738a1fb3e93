const MODES = ["slider", "blink", "sides"];
const BLINK_MS = 800;

export default function (component) {
  const { data, parentElement } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const root = find(".viewer");
  const stage = find(".stage");
  const range = find("input");
  // Choices outlive a rerun of the page: they are kept on the element, not in this call.
  const chosen = (root.chosen = root.chosen || { mode: "slider", layer: 0, zoom: 1 });
  if (chosen.layer >= data.layers.length) chosen.layer = 0;
  const words = data.words;
  const modes = (data.aligned ? MODES : MODES.slice(2)).map((name) => [name, words[name]]);
  const zooms = [[1, words.fit], [2, "2×"], [4, "4×"]];
  if (!modes.some(([name]) => name === chosen.mode)) chosen.mode = modes[0][0];

  function buttons(holder, entries, current, choose) {
    holder.replaceChildren(...entries.map(([value, label]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.setAttribute("aria-pressed", String(value === current));
      button.onclick = () => { choose(value); draw(); };
      return button;
    }));
  }

  const pairOf = (address) => address.split("?")[0].split("/").slice(0, 3).join("/");

  function show(side, address, label) {
    const image = find(`.${side} img`);
    const shown = image.getAttribute("src");
    if (shown !== address) {
      // Until the new picture is there the old one must not stand under the new words: another pair's is hidden.
      image.classList.add(shown && pairOf(shown) === pairOf(address) ? "fading" : "waiting");
      image.src = address;
    }
    image.alt = label;
    find(`.${side} span`).textContent = label;
  }

  function draw() {
    const layer = data.layers[chosen.layer];
    buttons(find(".modes"), modes, chosen.mode, (value) => { chosen.mode = value; });
    buttons(find(".layers"), data.layers.map((one, index) => [index, one.label]), chosen.layer,
      (value) => { chosen.layer = value; });
    buttons(find(".zooms"), zooms, chosen.zoom, (value) => { chosen.zoom = value; });
    find(".layers").hidden = data.layers.length < 2;
    find(".modes").hidden = modes.length < 2;
    root.dataset.mode = chosen.mode;
    zoom();
    show("before", layer.before, data.before);
    show("after", layer.after, data.after);
    find(".legend").textContent = layer.legend;
    find(".scale").hidden = !layer.scale;
    if (layer.scale) {
      find(".scale .low").textContent = layer.scale.low;
      find(".scale .high").textContent = layer.scale.high;
      find(".scale i").style.background = `linear-gradient(to right, ${layer.scale.colours.join(", ")})`;
    }
    blink();
  }

  // Magnified photos are wider than their frame: bring the measured skin into its middle.
  function zoom() {
    const frame = find(".frame");
    const changed = root.shownZoom !== chosen.zoom || root.shownMode !== chosen.mode;
    stage.style.setProperty("--zoom", chosen.zoom);
    root.shownZoom = chosen.zoom;
    root.shownMode = chosen.mode;
    // A frame that scrolls can be scrolled by keyboard only where it can have the focus.
    if (chosen.zoom > 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
    if (!changed || chosen.zoom === 1) return;
    const [x, y] = data.focus;
    const pane = find(".before");
    frame.scrollLeft = pane.offsetLeft + x * pane.offsetWidth - frame.clientWidth / 2;
    frame.scrollTop = pane.offsetTop + y * pane.offsetHeight - frame.clientHeight / 2;
  }

  function blink() {
    clearInterval(root.timer);
    stage.classList.remove("first");
    stage.onclick = null;
    stage.onkeydown = null;
    for (const name of ["tabindex", "role", "aria-label"]) stage.removeAttribute(name);
    if (chosen.mode !== "blink") return;
    const turn = () => stage.classList.toggle("first");
    stage.onclick = turn;
    stage.tabIndex = 0;
    stage.setAttribute("role", "button");
    stage.setAttribute("aria-label", words.turn);
    stage.onkeydown = (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      turn();
    };
    // Who asked for less motion turns the photos by hand.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) root.timer = setInterval(turn, BLINK_MS);
  }

  for (const side of ["before", "after"]) {
    find(`.${side} img`).onerror = (event) => event.target.classList.remove("fading", "waiting");
    find(`.${side} img`).onload = (event) => {
      event.target.classList.remove("fading", "waiting");
      if (side === "before") stage.style.setProperty("--ratio", event.target.naturalWidth / event.target.naturalHeight);
    };
  }
  for (const group of ["modes", "layers", "zooms"]) find(`.${group}`).setAttribute("aria-label", words[`${group}_group`]);
  range.setAttribute("aria-label", words.slide);
  range.oninput = () => {
    stage.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", words.at.replace("{share}", Math.round(range.value)));
  };
  range.oninput();
  find(".frame").setAttribute("aria-label", words.frame);
  draw();
  return () => clearInterval(root.timer);
}
