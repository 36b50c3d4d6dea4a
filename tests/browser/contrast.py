"""How well text stands out from what is behind it, as the browser shows it (WCAG 2.2, 1.4.3)."""

from playwright.async_api import Locator

__all__ = ["faint"]

_FAINT = """element => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const rgba = colour => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
    const behind = node => {
        if (!node) return [255, 255, 255];
        const own = rgba(getComputedStyle(node).backgroundColor);
        return own[3] === 1 ? own : over(own, behind(node.parentElement));
    };
    const light = colour => {
        const [r, g, b] = colour.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || !parent.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(parent.tagName) || parent.matches(":disabled")) continue;
        const below = behind(parent), text = over(rgba(getComputedStyle(parent).color), below);
        const [low, high] = [light(text), light(below)].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < 4.5) found.push(`${ratio.toFixed(1)}: ${node.data.trim().slice(0, 40)}`);
    }
    return found;
}"""


async def faint(element: Locator) -> list[str]:
    """The texts inside an element whose contrast is below 4.5, each with its ratio; [] when all can be read."""
    return list(await element.evaluate(_FAINT))
