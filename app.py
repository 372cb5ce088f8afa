"""The page: one tab per line of `tabs.TABS`. Run it with `make run`, or as the app of a Hugging Face Space."""

from __future__ import annotations

import os

import gradio as gr
from starlette.middleware import Middleware

import hosting
from tabs import TABS, links, sweep, weights
from tabs.doors import doors
from tabs.early import LanguageOfLink
from tabs.health import health
from tabs.language import I18N, label
from tabs.layout import CSS, THEME
from tabs.refusals import Refusals

TITLES = {tab.NAME: tab.TITLE for tab in TABS}


def build() -> gr.Blocks:
    """The page, not yet served."""
    kinds = [kind for tab in TABS for kind in tab.PIPELINES]
    hosting.preload(kinds)
    weights.ask(*kinds)
    with gr.Blocks(title="Semantic Darkroom", delete_cache=(900, 3600), analytics_enabled=False) as page:
        gr.Markdown(label("# Semantic Darkroom"), elem_id="title")
        gr.Markdown(
            label("The landmark methods of semantic image editing, running in your browser: no account, nothing kept."),
            elem_id="tagline",
        )
        places = {}
        with gr.Tabs(elem_id="tabs") as tabs:
            for tab in TABS:
                with gr.Tab(label(tab.TITLE), id=tab.NAME, elem_id=f"tab-{tab.NAME}") as places[tab.NAME]:
                    tab.build()
                    weights.panel(doors()[tab.NAME].frame.settings, *tab.PIPELINES)
        links.wire(tabs, places)
        gr.api(health, api_name="health", queue=False)  # pyright: ignore[reportPrivateImportUsage]
    page.queue(default_concurrency_limit=1, max_size=20)
    return page


def main() -> None:
    """Serves the page on http://127.0.0.1:7860, or where GRADIO_SERVER_NAME and GRADIO_SERVER_PORT say."""
    sweep.own_folder()
    page = build()
    sweep.begin(page)
    page.launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME"),
        theme=THEME,
        css=CSS,
        head=links.head(TITLES),
        i18n=I18N,
        max_file_size="30mb",
        # Server-side rendering needs a newer Node than Spaces can be counted on to have.
        ssr_mode=False,
        # Else Gradio asks itself for the page and gives up after 3 seconds, on a machine that is only busy.
        _frontend=False,
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=["api", "settings"],
        app_kwargs={"openapi_url": None, "middleware": [Middleware(LanguageOfLink), Middleware(Refusals)]},
    )


if __name__ == "__main__":
    main()
