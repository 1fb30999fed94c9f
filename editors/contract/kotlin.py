"""The contract as Kotlin: data classes that Gson reads and writes, and services of LSP4J.

One of a few words is a class of its own around the text, which Gson sees as the text itself: a word
that a newer hub brings is one that no branch of a `when` knows, and breaks nothing.
Gson leaves out what is null, so an optional key is one that may be null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from editors.contract import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "portico.contract"

_SHAPES = f"""// {walk.HEAD}
package {PACKAGE}

import com.google.gson.JsonElement
import com.google.gson.JsonObject
"""
_SERVICES = f"""// {walk.HEAD}
package {PACKAGE}

import com.google.gson.JsonObject
import java.util.concurrent.CompletableFuture
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest
import org.eclipse.lsp4j.services.LanguageServer
"""
_CALLED = "What a client asks of the hub, beside all that a language server does."
_ASKED = "What the hub asks of an editor, or tells it."
_PLAIN = {str: "String", int: "Long", float: "Double", bool: "Boolean"}


def shapes() -> str:
    """The shapes, and those of the methods' params and results, which need no library but Gson."""
    parts = [_SHAPES]
    for shape in (*walk.shapes(), *_inline()):
        parts.extend(_word_classes(shape))
        parts.append(_class(shape))
    return "\n".join(parts)


def services() -> str:
    """What a client calls, and what it is asked, as interfaces whose methods LSP4J finds."""
    calls, asked = _functions(walk.methods()), _functions(walk.asked())
    server = f"/** {_CALLED} */\ninterface PorticoServer : LanguageServer {{\n{calls}}}\n"
    editor = f"/** {_ASKED} */\ninterface PorticoEditor {{\n{asked}}}\n"
    return f"{_SERVICES}\n{server}\n{editor}"


def classes(method: walk.Method) -> tuple[str, str]:
    """The names of the classes of a method's params and result, with their packages."""
    return _packaged(_given(method, "Params")), _packaged(_given(method, "Result"))


def _packaged(name: str) -> str:
    return f"com.google.gson.{name}" if name == "JsonObject" else f"{PACKAGE}.{name}"


def _functions(methods: list[walk.Method]) -> str:
    return "\n".join(_function(method) for method in methods)


def _function(method: walk.Method) -> str:
    name = _short(method)
    kind = "JsonNotification" if method.result is None else "JsonRequest"
    params = "" if method.params == walk.Keys(()) else f"params: {_given(method, 'Params')}"
    result = "" if method.result is None else f": CompletableFuture<{_given(method, 'Result')}>"
    return f'    @{kind}("{method.name}")\n    fun {name}({params}){result}\n'


def _given(method: walk.Method, end: str) -> str:
    """The Kotlin type of a method's params or result."""
    said = method.params if end == "Params" else method.result
    match said:
        case walk.Keys(()) | None:
            return "JsonObject"
        case walk.Keys():
            return _called(method, end)
    return _type(said, "")


def _inline() -> Iterator[walk.Shape]:
    """The params and results without a name in the contract, under names made of the method's."""
    for method in (*walk.methods(), *walk.asked()):
        for end, said in (("Params", method.params), ("Result", method.result)):
            if isinstance(said, walk.Keys) and said.fields:
                yield walk.Shape(
                    _called(method, end), f"The {end.lower()} of `{method.name}`.", said.fields
                )


def _short(method: walk.Method) -> str:
    return method.name.removeprefix("portico/")


def _called(method: walk.Method, end: str) -> str:
    return f"{_capital(_short(method))}{end}"


def _capital(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _word_classes(shape: walk.Shape) -> Iterator[str]:
    for field in shape.fields:
        if isinstance(field.type, walk.Words):
            name = f"{shape.name}{_capital(field.name)}"
            lines = "".join(
                f'        val {_constant(word)} = {name}("{word}")\n' for word in field.type.words
            )
            words = f"/** What `{field.name}` of [{shape.name}] can be. */\n@JvmInline\n"
            known = f"    companion object {{\n{lines}    }}\n"
            yield f"{words}value class {name}(val word: String) {{\n{known}}}\n"


def _constant(word: str) -> str:
    return word.upper().replace("-", "_") or "NONE"


def _class(shape: walk.Shape) -> str:
    fields = "".join(f"    {_field(shape, field)},\n" for field in shape.fields)
    return f"/** {shape.words} */\ndata class {shape.name}(\n{fields})\n"


def _field(shape: walk.Shape, field: walk.Field) -> str:
    kind = _type(field.type, f"{shape.name}{_capital(field.name)}")
    if field.optional:
        kind = f"{kind.removesuffix('?')}? = null"
    return f"val {field.name}: {kind}"


def _type(said: walk.Type, word_class: str) -> str:  # noqa: PLR0911 - one way out for each kind.
    match said:
        case walk.Plain(kind):
            return _PLAIN[kind]
        case walk.Words():
            return word_class
        case walk.Maybe(inner):
            return f"{_type(inner, word_class)}?"
        case walk.Many(inner):
            return f"List<{_type(inner, word_class)}>"
        case walk.Table(walk.Anything()):
            return "JsonObject"
        case walk.Table(inner):
            return f"Map<String, {_type(inner, word_class)}>"
        case walk.Named(name):
            return name
        case walk.Anything():
            return "JsonElement"
        case walk.Keys():
            msg = "a shape without a name cannot stand inside another in Kotlin"
            raise ValueError(msg)
