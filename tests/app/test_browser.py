"""The app in a real browser: two languages, the network drawn, nobody called, nobody's script run."""

from __future__ import annotations

import time
from collections.abc import Iterator

import polars as pl
import pytest

from app.services import judging
from app.services.desk import Desk
from app.web import claim_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
RUN = "window.top.pwned=1"
# What our own markup never makes: were one of these in it, a name would have become markup.
FOREIGN = ":is(img,script,svg,iframe,a,object,details,input,math,link,meta)"
HOSTILE = (
    "![x](http://evil.invalid/p.png)",
    "<img src=http://evil.invalid/i.png>",
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><script>{RUN}</script>',
    f"'><img src=x onerror={RUN}>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"<a href=javascript:{RUN}>点</a>",
    f"href<script>{RUN}</script>",
    f"<iframe srcdoc='<script>{RUN}</script>'>",
    "[点](http://evil.invalid)",
    "<link rel=stylesheet href=http://evil.invalid/s.css>",
    "<style>@import 'http://evil.invalid/c.css'</style>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"';{RUN};//",
    f"\\u003cscript>{RUN}</script>",
    f"<math><mtext></p><img src=x onerror={RUN}>",
    f"<object data=javascript:{RUN}>",
    f"]]><script>{RUN}</script>",
    "<meta http-equiv=refresh content='0;url=http://evil.invalid'>",
    '=HYPERLINK("http://evil.invalid")',
)


class Visit:
    """A browser's page that notes what it asked for and what went wrong in it."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, url: str) -> None:
        ours = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:", "about:")
        if not url.startswith(ours):
            self.outside.append(url)

    def open(self, path: str, ready: str, language: str = "zh") -> float:
        started = time.monotonic()
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".jw-decides")
        if language == "en":
            self.page.get_by_text("English", exact=True).click()
            self.page.wait_for_selector("text=a person decides")
        self.page.wait_for_selector(ready)
        return time.monotonic() - started

    def is_clean(self) -> bool:
        """No script ran, and no name became an element."""
        made = self.page.locator(f"[data-testid=stHtml] {FOREIGN}").count()
        return self.page.evaluate("window.top.pwned") is None and made == 0 and self.errors == []

    def drawn(self) -> int:
        frame = self.page.frame_locator("iframe").first
        frame.locator("body[data-drawn]").wait_for(timeout=20_000)
        return int(frame.locator("body").get_attribute("data-drawn"))


@pytest.fixture(scope="module")
def hostile(make_region, tmp_path_factory):
    return make_region(tmp_path_factory.mktemp("hostile") / "w", names=HOSTILE)


@pytest.fixture(scope="module")
def browser(chromium_path) -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(hostile) -> Iterator:
    with serving(hostile.root, claim_port(18_700, settle=True)) as served:
        yield served


@pytest.fixture
def visit(browser, server) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    opened = Visit(context.new_page(), server.address)
    yield opened
    context.close()
    assert opened.outside == []


def test_the_first_page_is_there_within_three_seconds_of_a_warm_server(visit):
    visit.open("/", ".jw-card")
    assert visit.open("/", ".jw-card") <= 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_and_no_name_becomes_markup(visit, hostile, language):
    desk = Desk(hostile.root)
    ring = desk.rings["ring_id"][0]
    organiser = desk.members.filter(pl.col("role") == "organiser")["entity_id"][0]
    for path, ready in (
        ("/", ".jw-card"), (f"/ring?ring={ring}", "iframe"), (f"/entity?entity={organiser}", ".jw-facts"),
        ("/files", ".jw-tiles"), ("/review", ".jw-caption"),
    ):  # fmt: skip
        visit.open(path, ready, language)
        visit.page.wait_for_timeout(400)
        assert visit.is_clean(), path


def test_clear_names_are_as_harmless_as_masked_ones(visit, hostile):
    desk = Desk(hostile.root)
    for entity in desk.members.filter(pl.col("kind") == "person")["entity_id"].head(3):
        visit.open(f"/entity?entity={entity}", ".jw-facts")
        visit.page.get_by_text("显示明文").click()
        visit.page.get_by_label("用途（将记入日志）").fill("核对案件线索")
        visit.page.get_by_role("button", name="确认显示").click()
        visit.page.wait_for_selector("text=正在显示明文")
        assert visit.is_clean()


def test_every_ring_is_drawn_with_all_its_nodes(visit, hostile):
    desk = Desk(hostile.root)
    for ring in desk.rings.head(4).iter_rows(named=True):
        visit.open(f"/ring?ring={ring['ring_id']}", "iframe")
        assert visit.drawn() == ring["n_members"] + 1  # the device that ties them
        assert visit.is_clean()


def test_hostile_words_in_a_drawing_stay_words_even_unmasked(browser, hostile, tmp_path):
    """The drawing alone, the strings in clear in labels and titles, as a page of its own."""
    from app.services import network
    from app.services.drawing import Words, page

    desk = Desk(hostile.root)
    drawn = network.of_ring(desk, desk.rings.row(0, named=True))
    words = Words(
        {n.id: (HOSTILE[i], HOSTILE[-i]) for i, n in enumerate(drawn.nodes)}, HOSTILE[: len(drawn.edges)]
    )
    (tmp_path / "ring.html").write_text(page(drawn, words), encoding="utf-8")
    context = browser.new_context()
    opened = Visit(context.new_page(), "file://")
    opened.page.goto((tmp_path / "ring.html").as_uri())
    opened.page.wait_for_selector("body[data-drawn]")
    canvas = opened.page.locator("canvas")
    blank = "c => !c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v !== 0)"
    assert not canvas.evaluate(blank)
    opened.page.mouse.move(*_middle(canvas))
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("window.pwned") is None
    assert (opened.outside, opened.errors) == ([], [])
    context.close()


def _middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_from_the_queue_to_a_ring_to_a_member_in_three_clicks(visit):
    visit.open("/", ".jw-card")
    visit.page.get_by_role("button", name="查看").first.click()
    visit.page.wait_for_selector("iframe")
    assert "ring=" in visit.page.url
    grid = visit.page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    visit.page.mouse.click(box["x"] + 16, box["y"] + 52)
    visit.page.wait_for_selector(".jw-facts >> text=公民身份号码")
    assert "entity=" in visit.page.url


def test_a_stranger_host_is_turned_away(server):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", int(server.address.rsplit(":", 1)[1]), timeout=10)
    upgrade = {
        "Host": "evil.invalid", "Origin": "http://evil.invalid", "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    connection.request("GET", "/_stcore/stream", headers=upgrade)
    assert connection.getresponse().status == 403


@pytest.mark.parametrize(
    ("language", "lists", "button"),
    [("zh", "待合并或拆分", "不是同一个"), ("en", "Merges and splits", "Different")],
)
def test_a_merge_is_judged_on_screen_and_stands_in_the_log(visit, hostile, language, lists, button):
    visit.open("/review", ".jw-caption", language)
    visit.page.get_by_text(lists).first.click()
    grid = visit.page.locator("[data-testid=stDataFrame]").first
    visit.page.wait_for_timeout(1500)
    box = grid.bounding_box()
    visit.page.mouse.click(box["x"] + 15, box["y"] + 52)
    visit.page.get_by_role("button", name=button, exact=True).wait_for()
    fields = visit.page.locator("[data-testid=stForm] input")
    fields.nth(0).fill("王审计")
    fields.nth(1).fill("<img src=x onerror=alert(1)>")
    visit.page.get_by_role("button", name=button, exact=True).click()
    visit.page.locator("[data-testid=stAlert]").wait_for()
    assert visit.is_clean()
    log = judging.log(Desk(hostile.root))
    assert log[0]["verdict"] == "negative"
