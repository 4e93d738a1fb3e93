"""Without a mouse: everything from the sign-in to a saved form is done with the keys, and the focus is always seen."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUS = """() => {
  let one = document.activeElement;
  while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return null;
  const marked = (at) => {
    const style = getComputedStyle(at);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  // A field may carry the mark on the frame around it, a slider on the thumb that is drawn for it.
  const seen = [];
  let at = one;
  for (let up = 0; at && up < 4; up += 1) { seen.push(at); at = at.parentElement; }
  const beside = one.parentElement ? [...one.parentElement.children] : [];
  const before = [...seen, ...beside].some(marked) || bordered(one);
  function bordered(field) {
    const frames = "[data-testid$=RootElement], [data-testid=stDateInputField], .react-aria-ComboBox [role=group]";
    const frame = field.closest(frames);
    return Boolean(frame) && getComputedStyle(frame).borderColor === "rgb(11, 110, 153)";
  }
  const box = one.getBoundingClientRect();
  return {
    name: (one.getAttribute("aria-label") || one.innerText || one.id || one.tagName).trim().slice(0, 60),
    tag: one.tagName, role: one.getAttribute("role") || one.type || "", seen: before,
    x: box.left, y: box.top, width: box.width,
    style: getComputedStyle(one).outline + " / " + getComputedStyle(one).boxShadow,
  };
}"""


class Keys:
    """The keyboard of a tab; ``unseen`` holds stops at which no focus is shown."""

    def __init__(self, tab):
        self.tab, self.unseen, self.stops = tab, [], []

    def focus(self):
        at = self.tab.page.evaluate(FOCUS)
        self.stops.append(at["name"][:20] if at else None)
        if at and not at["seen"]:
            self.unseen.append(f"{at['tag']} {at['role']} {at['name']!r}: {at['style']}")
        return at

    def to(self, wanted, most=120, key="Tab"):
        """Press a key until the focus is on what is wanted."""
        for _ in range(most):
            self.tab.page.keyboard.press(key)
            at = self.focus()
            if at and wanted(at):
                return at
        raise AssertionError(f"never reached: last stops {self.stops[-12:]}; stops without visible focus {self.unseen}")

    def named(self, words, **options):
        return self.to(lambda at: words in at["name"], **options)


@pytest.mark.parametrize("width", [1440, 390])
def test_from_the_sign_in_to_a_saved_comment(tabs, server, width):
    tab = tabs(server, width)
    page, keys = tab.page, Keys(tab)
    page.goto(f"{server.address}/login")
    page.keyboard.type("dr.lind")
    keys.to(lambda at: at["name"] == "password")
    page.keyboard.type("copper lantern orbit meadow")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.address}/")
    tab.settle("Today")
    if width == 390:
        keys.named("Compare")
        page.keyboard.press("Enter")
    else:
        keys.named("Record")
        page.keyboard.press("Enter")
        page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for()
        keys.to(lambda at: "Compare" in at["name"], key="ArrowDown")  # in a menu the arrows go from line to line
        page.keyboard.press("Enter")
    tab.settle("Compare")
    keys.to(lambda at: at["role"] == "range")
    slider = page.locator(".viewer input[type=range]")
    at = float(slider.input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) > at
    keys.to(lambda at: at["tag"] == "SUMMARY" and "omment" in at["name"])
    if not page.get_by_label("New comment").is_visible():  # where there are comments, they are open already
        page.keyboard.press("Enter")
    page.get_by_label("New comment").wait_for()
    tab.quiet()
    keys.named("New comment")
    page.keyboard.type(f"written without a mouse, {width}")
    keys.named("Add the comment")
    page.keyboard.press("Enter")
    page.get_by_text(f"written without a mouse, {width}").first.wait_for()
    tab.quiet()
    tab.shot("keyboard_comment")
    assert keys.unseen == []


def test_a_patient_gives_a_consent_by_keyboard(tabs, server):
    tab = tabs(server, 1440, "p001")
    page, keys = tab.page, Keys(tab)
    keys.named("Consents and data")
    page.keyboard.press("Enter")
    tab.settle("Consents and data")
    keys.named("Give consent: research")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, I consent").wait_for()
    tab.quiet()
    keys.named("Yes, I consent")
    page.keyboard.press("Enter")
    page.locator(".st-key-consent_research").get_by_text("Given on").wait_for()
    assert keys.unseen == []
