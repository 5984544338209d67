"""Renders HTML invoices with WeasyPrint and prints CPU milliseconds per page.

Called by bench_invoice: weasyprint_peer.py FOLDER [pdf/ua-1]. One process, warm, fonts configured
once: the best WeasyPrint can do.
"""

import sys
import time
from pathlib import Path

import weasyprint
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

folder = Path(sys.argv[1])
# Version 58 renamed the option.
name = "pdf_variant" if int(weasyprint.__version__.split(".")[0]) > 57 else "variant"
options = {name: sys.argv[2]} if len(sys.argv) > 2 else {}
fonts = FontConfiguration()
style = CSS(filename=str(folder / "style.css"), font_config=fonts)
pages = sorted(folder.glob("*.html"))


def render(page):
    document = HTML(filename=str(page))
    return document.write_pdf(stylesheets=[style], font_config=fonts, **options)


size = len(render(pages[0]))
start = time.process_time()
for page in pages:
    render(page)
print((time.process_time() - start) * 1000 / len(pages), size)
