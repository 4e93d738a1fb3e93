const NAMESPACE = "http://www.w3.org/2000/svg";

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  for (const one of parentElement.querySelectorAll("[data-word]")) one.textContent = data.words[one.dataset.word];
  for (const one of parentElement.querySelectorAll("svg")) one.setAttribute("aria-label", data.words[one.dataset.name]);
  find(".chosen").textContent = data.words.chosen;

  const name = (text) => { find(".named").textContent = text; };

  // What is chosen carries a tick as well as a colour; the tick is drawn outside of mirrored groups, or it would be too.
  function tick(zone) {
    const svg = zone.ownerSVGElement;
    if (!svg) return;
    for (const shape of zone.querySelectorAll("path, ellipse")) {
      const box = shape.getBBox();
      const mirrored = shape.classList.contains("mirrored") || zone.parentNode.classList.contains("mirrored");
      const mark = document.createElementNS(NAMESPACE, "text");
      mark.setAttribute("class", "tick");
      const middle = box.x + box.width / 2;
      mark.setAttribute("x", mirrored ? 200 - middle : middle);
      mark.setAttribute("y", box.y + box.height / 2);
      mark.setAttribute("aria-hidden", "true");
      mark.textContent = "✓";
      svg.append(mark);
    }
  }

  for (const one of parentElement.querySelectorAll(".tick")) one.remove();
  for (const zone of parentElement.querySelectorAll("[data-zone]")) {
    const label = data.zones[zone.dataset.zone];
    const chosen = data.marked.includes(zone.dataset.zone);
    zone.setAttribute("aria-pressed", String(chosen));
    if (zone.tagName !== "BUTTON") {
      zone.setAttribute("role", "button");
      zone.setAttribute("tabindex", "0");
      zone.setAttribute("aria-label", label);
    }
    const point = () => setTriggerValue("pointed", zone.dataset.zone);
    zone.onclick = point;
    zone.onkeydown = (event) => {
      if (zone.tagName === "BUTTON" || (event.key !== " " && event.key !== "Enter")) return;
      event.preventDefault();
      point();
    };
    zone.onmouseenter = zone.onfocus = () => name(label);
    zone.onmouseleave = zone.onblur = () => name("");
    if (chosen) tick(zone);
  }
}
