"""The sandbox's page in Debian's Chromium, with our bot behind it: what a person does first."""

import pytest
from conftest import ATTACHMENTS
from playwright.sync_api import expect, sync_playwright

SHAPES = {
    "desktop": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
PATIENCE = 60_000  # ms; only how long a broken page is waited for


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


def open_page(browser, demo, shape):
    page = browser.new_page(**SHAPES[shape])
    page.set_default_timeout(PATIENCE)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(demo.addresses["page"])
    page.wait_for_selector(".welcome")
    return page


def test_play_by_keyboard_is_seen_and_heard(browser, demo):
    page = open_page(browser, demo, "desktop")
    lounge = page.locator(".channel", has_text="Lounge")
    lounge.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#voice-panel")).to_be_visible(timeout=PATIENCE)

    page.locator("#composer-input").focus()
    page.keyboard.type("/pla")
    expect(page.locator(".suggestion").first).to_contain_text("/play", timeout=PATIENCE)
    page.keyboard.press("Enter")
    page.keyboard.type("prelude in c")
    expect(page.locator(".suggestion", has_text="C major").first).to_be_visible(timeout=PATIENCE)
    page.screenshot(path=ATTACHMENTS / "page-desktop-completion.png")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    panel = page.locator(".message", has_text="C major").last
    pause = panel.get_by_role("button", name="Pause")
    expect(pause).to_be_visible(timeout=PATIENCE)
    before = panel.inner_text()
    page.wait_for_function("document.getElementById('audio').currentTime > 1.5", timeout=PATIENCE)
    # The progress moves on by itself: the panel is edited live.
    page.wait_for_function(
        "before => [...document.querySelectorAll('.message')].at(-1).innerText !== before", arg=before, timeout=PATIENCE
    )
    page.screenshot(path=ATTACHMENTS / "page-desktop-playing.png")

    pause.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Resume")).to_be_visible(timeout=PATIENCE)
    panel.get_by_role("button", name="Resume").click()
    expect(panel.get_by_role("button", name="Pause")).to_be_visible(timeout=PATIENCE)
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="Pause")).to_have_count(0, timeout=PATIENCE)
    assert page.faults == []
    page.close()


def test_the_page_fits_a_phone(browser, demo):
    page = open_page(browser, demo, "phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    page.locator("#open-sidebar").tap()
    page.locator(".channel", has_text="Lounge").tap()
    page.locator("#composer-input").fill("/play fur elise")
    page.keyboard.press("Enter")
    panel = page.locator(".message", has_text="Elise").last
    expect(panel.get_by_role("button", name="Pause")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the panel is wider than the screen"
    small = page.evaluate(
        "[...document.querySelectorAll('.message:last-child button')].filter(b => b.getBoundingClientRect().height < 32).length"
    )
    assert small == 0, "a button is too small for a finger"
    page.screenshot(path=ATTACHMENTS / "page-phone-playing.png")
    panel.get_by_role("button", name="Stop").tap()
    expect(panel.get_by_role("button", name="Pause")).to_have_count(0, timeout=PATIENCE)
    assert page.faults == []
    page.close()


def test_a_wrong_command_is_answered_with_a_sentence(browser, demo):
    page = open_page(browser, demo, "desktop")
    page.locator("#composer-input").fill("/seek nonsense")
    page.keyboard.press("Enter")
    expect(page.locator(".message", has_text="👁 Only you can see this").last).to_be_visible(timeout=PATIENCE)
    page.locator("#composer-input").fill("/nosuch")
    page.keyboard.press("Enter")
    expect(page.locator(".problem")).to_contain_text("There is no command /nosuch", timeout=PATIENCE)
    assert page.faults == []
    page.close()
