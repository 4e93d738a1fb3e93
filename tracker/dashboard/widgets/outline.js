const NAMESPACE = "http://www.w3.org/2000/svg";

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const root = find(".outline");
  const svg = find("svg");
  const image = find("img");
  // Unsaved corners outlive a rerun, even one that brings another proposal; what the person chose, saved or took back
  // replaces them, and so does another photo.
  const place_and_turn = JSON.stringify([data.address, data.reference, data.turn]);
  const source = JSON.stringify([place_and_turn, data.corners, data.start]);
  if (root.turn !== place_and_turn || (root.source !== source && root.past.length === 0)) {
    root.turn = place_and_turn;
    root.source = source;
    root.corners = data.corners.map((corner) => [...corner]);
    root.start = data.start;
    root.past = [];
  }
  const words = data.words;
  for (const name of ["undo", "clear", "save", "seek"]) find(`.${name}`).textContent = words[name];
  image.alt = words.photo;
  svg.setAttribute("aria-label", words.outline);
  image.src = data.address;
  find(".stage").style.setProperty("--ratio", data.width / data.height);
  svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);

  // Sizes are in photo pixels, so they are scaled to look the same on every screen.
  const unit = () => data.width / Math.max(1, svg.clientWidth);

  function place(event) {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * data.width;
    const y = ((event.clientY - box.top) / box.height) * data.height;
    return [Math.min(Math.max(x, 0), data.width - 1), Math.min(Math.max(y, 0), data.height - 1)];
  }

  function remember() { root.past.push([root.corners.map((corner) => [...corner]), root.start]); }

  // A new corner goes into the nearest side, so an outline can be refined anywhere.
  function insertAt([x, y]) {
    const all = root.corners;
    if (all.length < 3) return all.length;
    let best = all.length, least = Infinity;
    all.forEach(([ax, ay], index) => {
      const [bx, by] = all[(index + 1) % all.length];
      const span = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
      const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / span));
      const away = Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y);
      if (away < least) { least = away; best = index + 1; }
    });
    return best;
  }

  // Reference skin is dashed, so that it is told from the treated area without any colour vision.
  function polygon(corners, reference, names) {
    const points = corners.map((corner) => corner.join(",")).join(" ");
    const rim = reference ? ["rim"] : [];
    return [...rim, reference ? "reference" : "treated"].map((kind) => {
      const shape = document.createElementNS(NAMESPACE, "polygon");
      shape.setAttribute("points", points);
      shape.setAttribute("class", [kind, ...names].join(" "));
      shape.setAttribute("stroke-width", (kind === "rim" ? 4.5 : 2.5) * unit());
      if (kind === "reference") shape.setAttribute("stroke-dasharray", `${9 * unit()} ${7 * unit()}`);
      return shape;
    });
  }

  function draw() {
    const drawn = data.reference === "drawn";
    const shapes = [...polygon(data.beside, !drawn, ["beside"]), ...polygon(root.corners, drawn, [])];
    // Corners of a small outline lie close together: smaller handles, or they hide the edge that is to be judged.
    const sides = root.corners.map(([x, y], index) => {
      const [nextX, nextY] = root.corners[(index + 1) % root.corners.length];
      return Math.hypot(nextX - x, nextY - y);
    });
    const side = sides.reduce((sum, one) => sum + one, 0) / Math.max(1, sides.length);
    const handle = root.corners.length < 3 ? 7 * unit() : Math.min(7 * unit(), Math.max(2.5 * unit(), 0.3 * side));
    const handles = root.corners.map(([x, y], index) => {
      const circle = document.createElementNS(NAMESPACE, "circle");
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
      circle.setAttribute("r", handle);
      circle.setAttribute("stroke-width", Math.min(2 * unit(), handle / 2));
      circle.dataset.index = index;
      return circle;
    });
    svg.replaceChildren(...shapes, ...handles);
    find(".undo").disabled = root.past.length === 0;
    find(".clear").disabled = root.corners.length === 0;
    find(".save").disabled = root.corners.length < 3;
    find(".seek").disabled = root.corners.length < 3;
    find(".seek").hidden = !data.seeks;
    find(".hint").textContent = root.corners.length < 3 ? words.begin : words.go_on;
  }

  svg.onpointerdown = (event) => {
    event.preventDefault();
    remember();
    let index = event.target.dataset ? event.target.dataset.index : undefined;
    if (index === undefined) {
      const corner = place(event);
      index = insertAt(corner);
      root.corners.splice(index, 0, corner);
    }
    svg.setPointerCapture(event.pointerId);
    svg.onpointermove = (moved) => { root.corners[Number(index)] = place(moved); draw(); };
    svg.onpointerup = svg.onpointercancel = () => { svg.onpointermove = null; draw(); };
    draw();
  };
  find(".undo").onclick = () => { [root.corners, root.start] = root.past.pop() || [root.corners, root.start]; draw(); };
  find(".clear").onclick = () => { remember(); root.corners = []; root.start = "anew"; draw(); };
  const made = () => ({ corners: root.corners, start: root.start });
  find(".save").onclick = () => setTriggerValue("saved", made());
  find(".seek").onclick = () => setTriggerValue("rough", made());
  image.onload = draw;
  draw();
}
