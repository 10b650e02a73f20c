"""Driving Debian's Chromium through Odoo's web client and portal."""

import contextlib
import re
import shutil
from collections import Counter

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as BrowserTimeout
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT = 60_000
PAGES_OF_A_KIND = 2
OUR_APPS = ("aftersales_",)
VIEW_READY = (
    ".o_action_manager .o_action, .o_action_manager .o_view_controller, .modal .o_form_view"
)
ERROR_DIALOG = ".o_error_dialog, .modal .o_error_detail, .o_notification_bar.bg-danger"
FIRST_RECORD = ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
RPC = """async ([route, params]) => {
    const response = await fetch(route, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", method: "call", params}),
    });
    const answer = await response.json();
    if (answer.error) throw new Error(answer.error.data.message);
    return answer.result;
}"""


class Session:
    """One logged-in user in one browser window, with the problems it has seen."""

    def __init__(self, page, address, login, folder):
        self.page, self.address, self.login, self.folder = page, address, login, folder
        self.problems, self.where, self.number = [], "login", 0
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.note(f"script error: {error}"))

    def _on_console(self, message):
        if message.type == "error":
            self.note(f"console: {message.text}")

    def note(self, problem):
        """Remember a problem at the current place."""
        first_line = str(problem).strip().split("\n")[0][:200]
        self.problems.append(f"{self.login} at {self.where}: {first_line}")

    def log_in(self):
        """Log in through the login page."""
        self.page.goto(f"{self.address}/web/login")
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", self.login)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar, .o_portal_my_home, .o_portal, .alert-danger")
        if self.page.locator(".alert-danger").count():
            self.note("cannot log in")
            return False
        return True

    def shoot(self, name):
        """Take a screenshot, and note an error dialog if one is shown."""
        with contextlib.suppress(BrowserTimeout):
            self.page.wait_for_selector(".o_loading_indicator", state="hidden", timeout=5000)
        self.page.wait_for_timeout(400)
        if self.page.locator(ERROR_DIALOG).count():
            self.note("error dialog: " + self.page.locator(ERROR_DIALOG).first.inner_text())
        self.number += 1
        slug = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:80]
        self.page.screenshot(path=self.folder / f"{self.number:03d}-{slug}.png")

    def rpc(self, route, **params):
        """Call a JSON route as this user."""
        return self.page.evaluate(RPC, [route, params])


@contextlib.contextmanager
def _session(address, login, folder, size):
    """A browser window for one user; what goes wrong in it is noted, and ends the block."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, found)), args=list(FLAGS)
        )
        is_phone = size["width"] < 600
        context = browser.new_context(viewport=size, has_touch=is_phone, is_mobile=is_phone)
        context.set_default_timeout(TIMEOUT)
        session = Session(context.new_page(), address, login, folder)
        try:
            yield session
        except BrowserError as error:
            session.note(error)
        finally:
            browser.close()


def crawl_client(address, login, folder, size):
    """Visit every menu of our apps as one user, in each of its views; return the problems."""
    with _session(address, login, folder, size) as session:
        if session.log_in():
            _visit_menus(session)
    return session.problems


def _visit_menus(session):
    """Visit what each menu opens; one that fails does not keep the others from being seen."""
    menus = _our_menus(session)
    if not menus:
        session.note("sees no menu of ours")
    for path, action in menus:
        session.where = path
        try:
            _visit(session, path, action)
        except BrowserError as error:
            session.note(error)
            session.shoot(f"{path} failed")


def _our_menus(session):
    """(path of names, action id) of each menu of our apps that opens something."""
    session.page.wait_for_selector(".o_main_navbar")
    menus = session.rpc(
        "/web/dataset/call_kw/ir.ui.menu/load_web_menus",
        model="ir.ui.menu",
        method="load_web_menus",
        args=[[], False],
        kwargs={},
    )
    found = []

    def collect(identifier, names):
        menu = menus[str(identifier)]
        path = [*names, menu["name"]]
        if menu.get("actionID") and not menu["children"]:
            found.append((" / ".join(path), menu["actionID"]))
        for child in menu["children"]:
            collect(child, path)

    for app in menus["root"]["children"]:
        if (menus[str(app)].get("xmlid") or "").startswith(OUR_APPS):
            collect(app, [])
    return found


def _visit(session, path, action_id):
    """Visit one action in each of its views."""
    action = session.rpc("/web/action/load", action_id=action_id)
    kinds = [kind for _view, kind in action.get("views") or []]
    if not kinds:
        _open(session, f"/odoo/action-{action_id}")
        session.shoot(path)
    for kind in kinds:
        if kind in ("form", "search") and len(kinds) > 1:
            continue
        session.where = f"{path} ({kind})"
        if kind == kinds[0] or not _switch(session, kind):
            _open(session, f"/odoo/action-{action_id}?view_type={kind}")
        session.shoot(f"{path} {kind}")
    if len(kinds) > 1 and "form" in kinds and kinds[0] in ("list", "kanban"):
        _open(session, f"/odoo/action-{action_id}?view_type={kinds[0]}")
        _visit_first_record(session, path)


def _switch(session, kind):
    """Switch to another view by its button; False where there is none, as on a phone."""
    button = session.page.locator(f".o_cp_switch_buttons .o_switch_view.o_{kind}")
    if not button.count() or not button.first.is_visible():
        return False
    button.first.click()
    session.page.wait_for_selector(f".o_{kind}_view")
    return True


def _open(session, route):
    """Open a page of the web client and wait for its view."""
    session.page.goto(session.address + route)
    session.page.wait_for_selector(VIEW_READY)


def _visit_first_record(session, path):
    """Open the first record of a list or kanban view in its form."""
    first = session.page.locator(FIRST_RECORD)
    if not first.count():
        return
    session.where = f"{path} (form)"
    first.first.click()
    try:
        session.page.wait_for_selector(".o_form_view", timeout=5000)
    except BrowserTimeout:
        return  # a list edited in place, or a card that opens something else
    session.shoot(f"{path} form")


def crawl_portal(address, login, folder, size):
    """Visit the portal's pages as one user: home and what is linked below it."""
    with _session(address, login, folder, size) as session:
        if session.log_in():
            _visit_portal(session)
    return session.problems


def _visit_portal(session):
    """Follow the links below /my; of pages that differ in a number only, the first few."""
    waiting, seen, kinds = ["/my"], set(), Counter()
    while waiting:
        route = waiting.pop(0)
        kind = re.sub(r"\d+", "N", route.split("?")[0])
        if route in seen or kinds[kind] >= PAGES_OF_A_KIND:
            continue
        seen.add(route)
        kinds[kind] += 1
        _visit_page(session, route)
        waiting += _portal_links(session)


def _visit_page(session, route):
    """Visit one page of the portal."""
    session.where = route
    try:
        answer = session.page.goto(session.address + route)
    except BrowserError as error:
        if "Download is starting" not in str(error):
            session.note(error)
        return
    if answer and answer.status >= 400:
        session.note(f"HTTP status {answer.status}")
    session.shoot(f"portal {route}")


def _portal_links(session):
    """Addresses below /my that the current page links to, printouts excepted."""
    links = session.page.locator("#wrap a[href], main a[href]").evaluate_all(
        "links => links.filter(link => link.offsetParent).map(link => link.getAttribute('href'))"
    )
    return [link for link in links if re.match(r"/my/(?!.*(report_type|/pdf))[^#]*$", link)]
