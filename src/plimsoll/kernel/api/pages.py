"""The reference pages: every operation as the document has it, written on the server; no script, nothing from elsewhere."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from plimsoll.kernel.api.problems import BASE, KINDS
from plimsoll.kernel.records.declaration import declared


def _example(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """A value that the schema would take, for people to read."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas, depth + 1)
    kind = schema.get("type")
    if kind == "object":
        return {} if depth > 6 else {name: _example(value, schemas, depth + 1) for name, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [_example(schema["items"], schemas, depth + 1)]
    by_format = {"date-time": "2026-11-21T10:00:00Z", "date": "2026-11-21"}
    return {"integer": 1, "boolean": True, "string": by_format.get(schema.get("format", ""), "text")}.get(str(kind))


def _curl(method: str, address: str, media: str, example: Any, base: str) -> str:
    lines = [f"curl -X {method} '{base}{address}'", "  -H 'Authorization: Bearer TOKEN'"]
    if media.startswith("multipart"):
        lines += ["  -F 'file=@photo.png'", "  -F 'audience=public'"]
    elif media:
        lines += [f"  -H 'Content-Type: {media}'", f"  -d '{json.dumps(example, ensure_ascii=False)}'"]
    return " \\\n".join(lines)


@lru_cache(maxsize=4)
def _groups(api: Any, base: str) -> list[dict[str, Any]]:
    """The operations by tag. Made once a process: the declarations do not change while it runs."""
    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in document["paths"].items():
        for method, details in methods.items():
            no_body: tuple[str, dict[str, Any]] = ("", {})
            media, body = next(iter(details.get("requestBody", {}).get("content", {}).items()), no_body)
            example = _example(body["schema"], schemas) if body else None
            answers = []
            for status, stated in details["responses"].items():
                answer = document["components"]["responses"][stated["$ref"].rpartition("/")[2]] if "$ref" in stated else stated
                kind, content = next(iter(answer.get("content", {}).items()), no_body)
                is_shown = status < "300" and content.get("schema")
                shown = json.dumps(_example(content["schema"], schemas), indent=2, ensure_ascii=False) if is_shown else ""
                answers.append(
                    {
                        "status": status,
                        "text": answer["description"],
                        "media": kind,
                        "headers": ", ".join(answer.get("headers", {})),
                        "example": shown,
                    }
                )
            groups.setdefault(details["tags"][0], []).append(
                {
                    "id": details["operationId"],
                    "method": method.upper(),
                    "path": address,
                    "summary": details["summary"],
                    "parameters": [{**p, "type": p["schema"].get("type", "")} for p in details["parameters"]],
                    "answers": answers,
                    "example": json.dumps(example, indent=2, ensure_ascii=False) if example is not None else "",
                    "curl": _curl(method.upper(), address, media, example, base),
                }
            )
    labels = {t.plural_kind: t.plural_label.capitalize() for t in declared()}
    return [{"tag": tag, "label": labels.get(tag, tag.capitalize()), "operations": operations} for tag, operations in groups.items()]


def reference_urls(api: Any) -> list[URLPattern]:
    """The addresses of the reference."""

    def reference(request: HttpRequest) -> HttpResponse:
        """Every group; `?group=incidents` shows one."""
        base = f"{request.scheme}://{request.get_host()}"
        groups = _groups(api, base)
        chosen = request.GET.get("group", groups[0]["tag"])
        if chosen not in {g["tag"] for g in groups}:
            raise Http404
        return render(
            request,
            "api/reference.html",
            {"groups": groups, "chosen": next(g for g in groups if g["tag"] == chosen), "base": BASE, "problems": KINDS.values()},
        )

    def problem(request: HttpRequest, slug: str) -> HttpResponse:
        """What a kind of problem means, under the address that its `type` gives."""
        if slug not in KINDS:
            raise Http404
        return render(request, "api/problem.html", {"problem": KINDS[slug], "base": BASE})

    return [path("docs", reference, name="reference"), path("problems/<slug:slug>", problem, name="problem")]
