"""Avatars: initials on a colour, or an app's emoji; drawn as SVG, so that no picture need be loaded."""

import hashlib

from markupsafe import Markup

from sandbox.page.emoji import picture_of

_PALETTE = ("#4a154b", "#1264a3", "#2b6b4f", "#9a3412", "#5b5bd6", "#8a6d00", "#b3305b", "#0b7285")
_SVG = Markup(
    '<svg class="avatar" viewBox="0 0 36 36" aria-hidden="true"><rect width="36" height="36" rx="8" fill="{}"/>'
    '<text x="18" y="{}" text-anchor="middle" font-size="{}" fill="{}">{}</text></svg>'
)
_IMAGE = Markup('<img class="avatar" src="{}" alt="" loading="lazy">')


def avatar(identity: str, name: str, *, icon: str = "", colour: str = "") -> Markup:
    """Return the picture of a member or an app. `icon` is an emoji, its `:name:`, or the address of an image."""
    if icon.startswith(("http://", "https://")):
        return _IMAGE.format(icon)
    if icon:
        return _SVG.format(colour or "#e8e5ea", 25, 19, "currentColor", picture_of(icon))
    return _SVG.format(colour or _colour(identity), 23.5, 15, "#fff", initials(name))


def initials(name: str) -> str:
    """Return one or two letters: `AR` for Ana Ruiz, `m` for mira."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts))


def _colour(identity: str) -> str:
    return _PALETTE[hashlib.sha256(identity.encode()).digest()[0] % len(_PALETTE)]
