const COACH_MS = 900; // a frame is looked at in a tenth of a second; people follow about one word a second
const FRAME_SIDE = 480;
const HEADERS = { "x-requested-with": "tracker", "content-type": "image/jpeg" };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const root = find(".camera");
  const video = find("video");
  const words = data.words;
  // A rerun of the page calls this function again: the camera, its timer and an unkept photo are kept on the element.
  const me = (root.me = root.me || { stream: null, timer: 0, asking: false, shot: null, turn: 0 });
  if (me.take !== data.take) dropShot();
  me.take = data.take;

  for (const one of parentElement.querySelectorAll("[data-word]")) one.textContent = words[one.dataset.word];
  root.setAttribute("aria-label", `${words.camera}. ${words.view}`);
  find(".stage").setAttribute("aria-label", words.picture);
  find(".taken").alt = words.taken;

  const ghost = find(".ghost");
  if (ghost.getAttribute("src") !== (data.ghost || "")) {
    if (data.ghost) ghost.src = data.ghost;
    else ghost.removeAttribute("src");
  }
  for (const one of parentElement.querySelectorAll(".of-ghost")) one.hidden = !data.ghost;
  find(".no-ghost").hidden = Boolean(data.ghost);

  const settings = () => {
    ghost.hidden = !data.ghost || !find(".ghost-on").checked || Boolean(me.shot);
    find(".stage").style.setProperty("--strength", find(".strength").value / 100);
    find(".strength").disabled = !find(".ghost-on").checked;
    find(".grid").toggleAttribute("hidden", !find(".grid-on").checked || Boolean(me.shot));
    find(".said").hidden = !find(".coach-on").checked && !me.shot;
  };
  for (const name of [".ghost-on", ".strength", ".grid-on", ".coach-on"]) find(name).oninput = settings;

  const shape = () => {
    if (video.videoWidth) find(".stage").style.setProperty("--ratio", data.ratio || video.videoWidth / video.videoHeight);
  };

  function say(lines, good = false) {
    const text = lines.join("\n");
    const said = find(".said");
    said.classList.toggle("good", good);
    if (me.text === text) return; // a screen reader would say it again
    me.text = text;
    said.replaceChildren(...lines.map((line, at) => {
      const one = document.createElement("span");
      one.textContent = good && at === 0 ? `✓ ${line}` : line;
      return one;
    }));
  }

  function trouble(text) {
    find(".trouble").textContent = text || "";
    find(".trouble").hidden = !text;
  }

  async function open(deviceId) {
    trouble("");
    if (!window.isSecureContext || !navigator.mediaDevices) { trouble(words.insecure); return; }
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    const turn = ++me.turn;
    find(".open").disabled = true;
    try {
      release();
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, ...which }, audio: false });
      if (turn !== me.turn || !root.isConnected) { stream.getTracks().forEach((one) => one.stop()); return; }
      me.stream = stream;
    } catch (error) {
      close();
      const name = error && error.name;
      trouble(name === "NotAllowedError" || name === "SecurityError" ? words.refused
        : name === "NotFoundError" || name === "OverconstrainedError" ? words.none
        : name === "NotReadableError" || name === "AbortError" ? words.occupied : words.broken);
      return;
    } finally {
      find(".open").disabled = false;
    }
    me.stream.getVideoTracks()[0].onended = () => { close(); trouble(words.broken); };
    show();
    video.srcObject = me.stream;
    say([words.looking]);
    find(".take").focus();
    await listCameras();
    ask();
  }

  async function listCameras() {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    const inUse = me.stream ? me.stream.getVideoTracks()[0].getSettings().deviceId : "";
    find(".which").hidden = all.length < 2;
    find("select").replaceChildren(...all.map((one, at) => {
      const option = document.createElement("option");
      option.value = one.deviceId;
      option.textContent = one.label || words.unnamed.replace("{number}", at + 1);
      option.selected = one.deviceId === inUse;
      return option;
    }));
  }

  function release() {
    clearTimeout(me.timer);
    if (me.stream) me.stream.getTracks().forEach((one) => { one.onended = null; one.stop(); });
    me.stream = null;
    video.srcObject = null;
  }

  function close() {
    me.turn += 1;
    release();
    dropShot();
    show();
  }

  function dropShot() {
    if (me.shot) URL.revokeObjectURL(me.shot.address);
    me.shot = null;
  }

  function show() {
    const live = Boolean(me.stream);
    find(".closed").hidden = live;
    find(".live").hidden = !live;
    find(".controls").hidden = Boolean(me.shot);
    find(".verdict").hidden = !me.shot || !me.shot.lines;
    find(".taken").hidden = !me.shot;
    if (!me.shot) find(".taken").removeAttribute("src");
    else if (me.shot.address && find(".taken").getAttribute("src") !== me.shot.address) find(".taken").src = me.shot.address;
    settings();
  }

  // The part of the camera's picture that is kept: that in the shape of the last photo, from the middle.
  function picture(longest) {
    const [width, height] = [video.videoWidth, video.videoHeight];
    const ratio = data.ratio || width / height;
    const part = width / height > ratio ? [height * ratio, height] : [width, width / ratio];
    const scale = longest ? Math.min(1, longest / Math.max(...part)) : 1;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = part.map((one) => Math.round(one * scale));
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(video, (width - part[0]) / 2, (height - part[1]) / 2, ...part, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  const jpeg = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  const post = (address, body) => fetch(address, { method: "POST", body, headers: HEADERS, cache: "no-store" });

  // One frame at a time; none while the page is hidden or a photo is looked at.
  async function ask() {
    clearTimeout(me.timer);
    const started = performance.now();
    const seen = !document.hidden && root.offsetParent !== null && video.readyState >= 2;
    if (seen && me.stream && !me.shot && !me.asking && find(".coach-on").checked) {
      me.asking = true;
      try {
        const answer = await post(data.coach, await jpeg(picture(FRAME_SIDE), 0.8));
        const told = await answer.json();
        if (!me.shot && me.stream) {
          if (!answer.ok) say([told.error]);
          else if (!told.busy) say(told.hints, told.good);
        }
      } catch {
        if (!me.shot && me.stream) say([words.lost]);
      } finally {
        me.asking = false;
      }
    }
    // A newer run of this function may have taken over; its timer counts.
    clearTimeout(me.timer);
    if (me.stream && root.isConnected) me.timer = setTimeout(() => me.ask(), Math.max(200, COACH_MS - (performance.now() - started)));
  }
  me.ask = ask;

  async function shoot() {
    if (!me.stream || me.shot || video.readyState < 2) return;
    const canvas = picture(0);
    me.shot = { blob: null, address: "", lines: null };
    const blob = await jpeg(canvas, 0.95);
    me.shot = { blob, address: URL.createObjectURL(blob), lines: null };
    const shot = me.shot;
    say([`${words.checking}…`]);
    show();
    await send(shot, `${data.take}&keep=0`, (told) => { shot.lines = told.lines; shot.accept = told.accept; });
    if (me.shot === shot) judged();
  }

  async function send(shot, address, done) {
    try {
      const answer = await post(address, shot.blob);
      const told = await answer.json();
      if (answer.ok) { done(told); return true; }
      Object.assign(shot, { lines: [told.error], accept: false, failed: true });
    } catch {
      Object.assign(shot, { lines: [words.lost], accept: false, failed: false });
    }
    return false;
  }

  function judged() {
    const shot = me.shot;
    find(".verdict").classList.toggle("accept", shot.accept);
    find(".verdict ul").replaceChildren(...shot.lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
    find(".keep").textContent = shot.accept ? words.keep : words.keepAnyway;
    find(".keep").hidden = Boolean(shot.failed);
    find(".keep").classList.toggle("primary", shot.accept);
    find(".again").classList.toggle("primary", !shot.accept);
    find(".keep").disabled = find(".again").disabled = false;
    say([shot.lines[0]], shot.accept);
    show();
    // The advised answer is the one that Enter gives.
    find(shot.accept ? ".keep" : ".again").focus();
    find(".verdict").scrollIntoView({ block: "nearest" });
  }

  async function keep() {
    const shot = me.shot;
    find(".keep").disabled = find(".again").disabled = true;
    say([`${words.storing}…`]);
    let id = "";
    const kept = await send(shot, data.take, (told) => { id = told.id; });
    if (me.shot !== shot) return;
    if (!kept) { judged(); return; }
    again([words.stored]);
    setTriggerValue("stored", id);
  }

  function again(lines) {
    dropShot();
    say(lines);
    show();
    find(".take").focus();
    ask();
  }

  find(".open").onclick = () => open();
  find(".stop").onclick = () => { close(); find(".open").focus(); };
  find("select").onchange = (event) => open(event.target.value);
  find(".take").onclick = shoot;
  find(".keep").onclick = keep;
  find(".again").onclick = () => again([words.looking]);
  find(".stage").onkeydown = (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) shoot();
  };
  video.onloadedmetadata = video.onresize = shape;
  shape();
  show();
  // Called before each rerun as well: the camera is let go only when the page has gone.
  return () => setTimeout(() => { if (!root.isConnected) close(); }, 300);
}
