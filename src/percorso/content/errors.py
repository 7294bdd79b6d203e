"""Errors of content.

ContentError
├── TemplateFaultError   a template cannot be used as written; says where
├── RenderFaultError     a template cannot be filled for this contact, or not within the limits
└── UnknownTemplateError the workspace has no such template
"""


class ContentError(Exception):
    """Root of what `percorso.content` raises."""

    code = "content_error"


class TemplateFaultError(ContentError):
    """A template cannot be used as written. `part` is subject, html or body."""

    code = "template_fault"

    def __init__(self, part: str, sentence: str) -> None:
        self.part = part
        super().__init__(f"{part}: {sentence}")


class RenderFaultError(ContentError):
    """A template cannot be filled: Liquid's own error, or one of the limits."""

    code = "render_fault"


class UnknownTemplateError(ContentError):
    """There is no such template, or not in this workspace."""

    code = "unknown_template"

    def __init__(self) -> None:
        super().__init__("There is no such template.")
