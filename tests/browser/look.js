// Put into a page by the browser tests: waits until the page is quiet, and finds what a person could not read or press.
(() => {
  const all = (root, found = []) => {
    for (const one of root.querySelectorAll("*")) {
      found.push(one);
      if (one.shadowRoot) all(one.shadowRoot, found);
    }
    return found;
  };
  const parent = (one) => one.parentElement || (one.getRootNode() instanceof ShadowRoot ? one.getRootNode().host : null);
  const busy = () => {
    const app = document.querySelector("[data-testid=stApp]");
    if (app && app.dataset.testScriptState && app.dataset.testScriptState !== "notRunning") return true;
    if (document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-testid=stSpinner]")) return true;
    if (document.querySelector("[data-stale=true]")) return true;
    return all(document).some((one) => one.tagName === "IMG" && one.loading !== "lazy" && !one.complete);
  };
  const quiet = async (still = 350, limit = 120000) => {
    const start = performance.now();
    let since = start;
    while (performance.now() - since < still) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      if (busy()) since = performance.now();
      if (performance.now() - start > limit) throw new Error("the page never came to rest");
    }
  };
  const seen = (one) => {
    if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, opacityProperty: true, visibilityProperty: true })) return false;
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    return box.right > 0 && box.width > 1 && box.height > 1 && style.clipPath !== "inset(50%)" && !/rect\((0|1)px/.test(style.clip);
  };
  const parsed = (text) => {
    const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = text.startsWith("color(") ? 255 : 1;
    return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale, numbers[3] ?? 1];
  };
  const over = (top, below) => {
    const share = top[3];
    return [0, 1, 2].map((i) => top[i] * share + below[i] * (1 - share)).concat(1);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  // The colour behind an element, or null where a picture lies there.
  const behind = (one) => {
    const layers = [];
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    for (let at = one; at; at = parent(at)) {
      const frame = at.getBoundingClientRect();
      if (frame.left > x || frame.right < x || frame.top > y || frame.bottom < y) continue; // it stands out of this one
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && style.backgroundImage !== "") return null;
      const colour = parsed(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
      if (style.position === "absolute" && parent(at) && [...parent(at).children].some((other) => /^(IMG|VIDEO|CANVAS)$/.test(other.tagName))) return null;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacity = (one) => {
    let share = 1;
    for (let at = one; at; at = parent(at)) share *= Number(getComputedStyle(at).opacity);
    return share;
  };
  const disabled = (one) => {
    for (let at = one; at; at = parent(at)) {
      if (at.disabled || at.getAttribute("aria-disabled") === "true" || at.getAttribute("aria-hidden") === "true") return true;
      if (at.tagName === "LABEL" && at.querySelector(":disabled")) return true;
    }
    return false;
  };
  const name = (one) => {
    const marked = one.closest("[class*=spt-], [data-testid], [class*=st-key]");
    const around = marked && (marked.dataset.testid || [...marked.classList].find((word) => /spt-|st-key/.test(word)) || "");
    return `${around || ""} ${one.tagName.toLowerCase()}${one.id ? "#" + one.id : ""}${typeof one.className === "string" && one.className ? "." + one.className.split(" ")[0] : ""}`;
  };
  const hex = (colour) => "#" + colour.slice(0, 3).map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");
  const contrast = () => {
    const faults = new Set();
    for (const one of all(document)) {
      const words = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("").trim();
      const typed = /^(INPUT|TEXTAREA)$/.test(one.tagName) && /^(text|password|number|search|email|textarea|date|)$/.test(one.type ?? "");
      if ((!words && !(typed && (one.value || one.placeholder))) || /^(SCRIPT|STYLE|NOSCRIPT|TITLE|OPTION|CANVAS)$/.test(one.tagName)) continue;
      if (!seen(one) || disabled(one)) continue;
      const style = getComputedStyle(typed && !one.value ? one : one, typed && !one.value ? "::placeholder" : null);
      const ground = behind(one);
      if (!ground) continue;
      const svg = one instanceof SVGElement;
      const ink = parsed(svg ? style.fill : style.color);
      ink[3] *= opacity(one);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const is = ratio(over(ink, ground), ground);
      if (is < (large ? 3 : 4.5) - 0.01) {
        faults.add(`contrast ${is.toFixed(2)} ${hex(over(ink, ground))} on ${hex(ground)}: ${name(one)} "${(words || one.value || one.placeholder).slice(0, 40)}"`);
      }
    }
    return [...faults];
  };
  const inSentence = (one) => {
    const around = parent(one);
    if (one.tagName !== "A" || !around) return false;
    const words = [...around.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("").trim();
    return words.length > 3;
  };
  const targets = () => {
    const faults = new Set();
    for (const one of all(document)) {
      const pressed = one.matches("a[href], button, summary, [role=button], [role=tab], select, input:not([type=hidden])");
      if (!pressed || !seen(one) || disabled(one) || inSentence(one)) continue;
      let box = one.getBoundingClientRect();
      if (one.type === "range") continue; // the whole track is pressed, and the arrows move it
      const label = one.closest("label") ?? (one.id && one.getRootNode().querySelector(`label[for="${CSS.escape(one.id)}"]`));
      if (one.tagName === "INPUT" && /checkbox|radio|file|range/.test(one.type) && label) box = label.getBoundingClientRect();
      if (one.tagName === "INPUT" && !/checkbox|radio/.test(one.type)) box = (parent(one) ?? one).getBoundingClientRect();
      if (box.height < 23.5 || box.width < 23.5) {
        faults.add(`target ${box.width.toFixed(0)} x ${box.height.toFixed(0)}: ${name(one)} "${(one.innerText || one.ariaLabel || one.type || "").trim().slice(0, 40)}"`);
      }
    }
    return [...faults];
  };
  const width = () => {
    const main = document.querySelector("[data-testid=stMain]") ?? document.documentElement;
    const more = main.scrollWidth - innerWidth;
    if (more <= 0) return [];
    const wide = all(main).filter((one) => seen(one) && one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3);
    return [`wider than the screen by ${more}: ${wide.map(name).join("; ")}`];
  };
  const pictures = () =>
    all(document)
      .filter((one) => one.tagName === "IMG" && one.complete && !one.naturalWidth && seen(one))
      .map((one) => `broken picture: ${one.getAttribute("src")}`);
  const unnamed = () =>
    all(document)
      .filter((one) => one.tagName === "IMG" && seen(one) && !one.hasAttribute("alt"))
      .map((one) => `picture without words: ${one.getAttribute("src")}`);
  const alarms = () => [...document.querySelectorAll("[data-testid=stException]")].map((one) => `fault of the program: ${one.innerText.slice(0, 80)}`);
  const faults = () => [...alarms(), ...width(), ...contrast(), ...targets(), ...pictures(), ...unnamed()];
  window.looking = { quiet, faults };
})();
