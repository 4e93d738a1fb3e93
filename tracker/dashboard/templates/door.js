// Shows a typed password, and brings the reader to what went wrong. The pages work without this file.
for (const button of document.querySelectorAll("[data-shows]")) {
  const fields = button.dataset.shows.split(" ").map((id) => document.getElementById(id));
  const words = [button.textContent, button.dataset.hide];
  const labels = [button.getAttribute("aria-label"), button.dataset.hideLabel];
  const show = (shown) => {
    for (const field of fields) field.type = shown ? "text" : "password";
    button.textContent = words[Number(shown)];
    button.setAttribute("aria-label", labels[Number(shown)]);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(fields[0].type === "password"));
  fields[0].form.addEventListener("submit", () => show(false)); // a browser may remember what stands in open fields
}
document.querySelector("[data-focus]")?.focus();
