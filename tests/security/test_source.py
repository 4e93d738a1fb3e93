"""What must not stand in the source at all, read from its syntax and not from its text."""

import ast
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MODULES = sorted((PROJECT / "tracker").rglob("*.py"))
DASHBOARD = [path for path in MODULES if path.is_relative_to(PROJECT / "tracker" / "dashboard")]
MEDIA = {"image", "download_button", "audio", "video", "pyplot", "logo", "pdf"}
"""Of Streamlit: they put bytes behind /media, which anybody signed in may read (security.md S1)."""
PASTED = {"html", "iframe", "components"}
CACHES = {"cache_data", "cache_resource", "memo", "singleton", "experimental_memo", "experimental_singleton"}
"""Shared by everybody who uses the server (S11); what is kept is kept by id, behind the question who may see it."""
RUNS_CODE = {"eval", "exec", "compile", "__import__"}
RUNS_CODE_OF = {
    ("torch", "load"),
    ("pickle", "load"),
    ("pickle", "loads"),
    ("pd", "read_pickle"),
    ("joblib", "load"),
    ("yaml", "load"),
    ("marshal", "loads"),
    ("os", "system"),
    ("os", "popen"),
    ("shelve", "open"),
    ("dill", "loads"),
    ("cloudpickle", "loads"),
}
NEVER_IMPORTED = {"pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml", "telnetlib", "ftplib"}


def ids(path):
    return str(path.relative_to(PROJECT))


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"))


@cache
def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name(call):
    """``"st.html"`` for ``st.html(...)``, ``"print"`` for ``print(...)``."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return f"{ast.unparse(function.value)}.{function.attr}"
    return ast.unparse(function)


def test_nothing_runs_what_it_reads():
    for path in MODULES:
        for call in calls(path):
            whole = name(call)
            assert whole not in RUNS_CODE, f"{ids(path)} line {call.lineno}: {whole}"
            assert tuple(whole.rsplit(".", 1)) not in RUNS_CODE_OF, f"{ids(path)} line {call.lineno}: {whole}"
            for given in call.keywords:
                assert not (given.arg == "shell" and ast.unparse(given.value) != "False"), (
                    f"{ids(path)} line {call.lineno}: shell"
                )
                assert not (given.arg == "allow_pickle" and ast.unparse(given.value) != "False"), (
                    f"{ids(path)} line {call.lineno}"
                )
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                assert not {one.name.split(".")[0] for one in node.names} & NEVER_IMPORTED, (
                    f"{ids(path)} line {node.lineno}"
                )
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] not in NEVER_IMPORTED, f"{ids(path)} line {node.lineno}"


def test_arrays_are_loaded_without_pickles():
    """numpy's own default, said where it is done: one keyword away from running code."""
    for path in MODULES:
        for call in calls(path):
            if name(call) in ("np.load", "numpy.load"):
                assert not [
                    one for one in call.keywords if one.arg == "allow_pickle" and ast.unparse(one.value) == "True"
                ]


def test_no_html_is_pasted_and_no_bytes_go_through_streamlits_store():
    for path in DASHBOARD:
        for call in calls(path):
            owner, _, last = name(call).rpartition(".")
            for given in call.keywords:
                assert given.arg not in ("unsafe_allow_html", "unsafe_allow_javascript"), (
                    f"{ids(path)} line {call.lineno}"
                )
            if owner in ("st", "streamlit", "column", "left", "middle", "right", "container"):
                assert last not in MEDIA, f"{ids(path)} line {call.lineno}: {last}"
            if owner in ("components", "st.components.v1", "streamlit.components.v1"):
                assert last not in PASTED, f"{ids(path)} line {call.lineno}: {last}"


def test_nothing_of_a_patient_is_kept_for_everybody():
    for path in DASHBOARD:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("st", "streamlit"):
                assert node.attr not in CACHES, f"{ids(path)} line {node.lineno}: {node.attr} is shared by everybody"


def test_nothing_is_printed():
    """Commands write their answers to stdout by name; the rest of the program has nothing to say there."""
    for path in MODULES:
        for call in calls(path):
            assert name(call) not in ("print", "pprint", "pprint.pprint", "breakpoint"), (
                f"{ids(path)} line {call.lineno}"
            )


def composed(node):
    """Whether a text is put together of parts: f-string, %, +, format, join."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add)
    return isinstance(node, ast.Call) and name(node).rpartition(".")[2] in ("format", "join", "replace")


CONSTANT_SQL = {
    "tracker/clinic/records/database.py": "pragmas and their values are a table of this file",
}


def test_no_statement_is_put_together_of_text():
    for path in MODULES:
        for call in calls(path):
            owner, _, last = name(call).rpartition(".")
            sql = (owner in ("sa", "sqlalchemy") and last in ("text", "literal_column")) or last in (
                "exec_driver_sql",
                "executescript",
            )
            if last == "execute" and call.args and composed(call.args[0]):
                sql = True
            if sql and call.args and composed(call.args[0]):
                assert ids(path) in CONSTANT_SQL, f"{ids(path)} line {call.lineno}: {ast.unparse(call)[:100]}"


class Html:
    """The st.html calls of a module, and every part of them that is neither literal, number, id nor escaped."""

    def __init__(self, module):
        self.module = module
        self.functions = {one.name: one for one in ast.walk(self.module) if isinstance(one, ast.FunctionDef)}

    def faults(self):
        inside = {id(node) for one in self.functions.values() for node in ast.walk(one)}
        for scope in (*self.functions.values(), self.module):
            for node in ast.walk(scope):
                if scope is self.module and id(node) in inside:
                    continue
                if isinstance(node, ast.Call) and name(node).endswith(".html"):
                    for argument in node.args:
                        yield from self.unsafe(argument, scope)

    def unsafe(self, node, scope, depth=0):
        if depth > 8 or isinstance(node, ast.Constant):
            return
        if isinstance(node, ast.Call):
            parts = self.of_call(node, depth)
        elif isinstance(node, ast.Name):
            parts = self.of_name(node, scope)
        else:
            parts = INSIDE.get(type(node), lambda _: None)(node)
        if parts is None:
            yield node
            return
        for part in parts:
            inner, where = part if isinstance(part, tuple) else (part, scope)
            yield from self.unsafe(inner, where, depth + 1)

    def of_call(self, node, depth):
        """What of a call's arguments, or of what a function of the same file returns, becomes HTML."""
        whole = name(node)
        last = whole.rpartition(".")[2]
        if last in ESCAPING:
            return []
        if whole == "t":  # a text of the catalogue: what is filled in counts
            return [given.value for given in node.keywords]
        if last in ("join", "str", "filter", "reversed", "sorted"):
            return node.args
        if last == "replace":
            return [node.func.value]
        function = ast.unparse(node.args[0]) if whole == "map" else whole
        if function not in self.functions:
            return None
        made = self.functions[function]
        return [(one.value, made) for one in ast.walk(made) if isinstance(one, ast.Return) and one.value is not None]

    def of_name(self, node, scope):
        """Everything that was ever given to a name."""
        given, loops = [], False
        for inner in ast.walk(scope):
            if isinstance(inner, ast.Assign):
                given += [one for target in inner.targets for one in assigned(target, inner.value, node.id)]
            elif isinstance(inner, ast.AugAssign) and getattr(inner.target, "id", "") == node.id:
                given.append(inner.value)
            elif isinstance(inner, ast.Call) and name(inner) in (f"{node.id}.append", f"{node.id}.extend"):
                given += inner.args
            elif isinstance(inner, ast.comprehension | ast.For) and name_of(inner.iter) == "enumerate":
                loops |= isinstance(inner.target, ast.Tuple) and getattr(inner.target.elts[0], "id", "") == node.id
        mine = [one for one in given if not any(getattr(part, "id", "") == node.id for part in ast.walk(one))]
        return mine if given or loops else None


def name_of(node):
    return name(node) if isinstance(node, ast.Call) else ""


def assigned(target, value, wanted):
    """The values that an assignment gives to one name."""
    if isinstance(target, ast.Name):
        return [value] if target.id == wanted else []
    if not isinstance(target, ast.Tuple):
        return []
    values = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    pairs = [(target.elts, one.elts) for one in values if isinstance(one, ast.Tuple)]
    return [
        one for names, given in pairs for key, one in zip(names, given, strict=True) if getattr(key, "id", "") == wanted
    ]


ESCAPING = {"escape", "plain", "len", "int", "float", "round", "quote", "when", "b64encode"}
"""What they answer is no HTML: escaped, a number, a day, an address."""
INSIDE = {
    ast.JoinedStr: lambda node: [
        one.value for one in node.values if isinstance(one, ast.FormattedValue) and not _number(one)
    ],
    ast.BinOp: lambda node: [node.left, node.right],
    ast.IfExp: lambda node: [node.body, node.orelse],
    ast.BoolOp: lambda node: node.values,
    ast.GeneratorExp: lambda node: [node.elt],
    ast.ListComp: lambda node: [node.elt],
    ast.List: lambda node: node.elts,
    ast.Tuple: lambda node: node.elts,
    ast.Starred: lambda node: [node.value],
    ast.Subscript: lambda node: [] if ast.unparse(node.value).lstrip("_").isupper() else None,  # a table of ours
    ast.Attribute: lambda node: [] if node.attr == "id" or node.attr.endswith("_id") else None,  # random, ours
}


def _number(part):
    return part.format_spec is not None and any(
        str(getattr(one, "value", "")).rstrip("%").endswith(("f", "d", "e", "g")) for one in part.format_spec.values
    )


KNOWN_SAFE = {
    ("tracker/dashboard/own_cards.py", "kind"): "a class of the style sheet, written in the program",
    ("tracker/dashboard/giving.py", "photo_id"): "an id of ours",
    ("tracker/dashboard/widgets/text.py", "sheet.read_text('utf-8')"): "a style sheet of the program",
    ("tracker/dashboard/own_forms.py", "b64encode(drawing.encode()).decode()"): "letters of base 64",
}
"""``(file, expression)``: why it cannot hold what a person or a file named."""


@pytest.mark.parametrize("path", DASHBOARD, ids=ids)
def test_what_becomes_html_is_escaped(path):
    found = {ast.unparse(node) for node in Html(tree(path)).faults()}
    unknown = {one for one in found if (ids(path), one) not in KNOWN_SAFE}
    assert not unknown, f"escape these, or say in KNOWN_SAFE why they are safe: {sorted(unknown)}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("st.html(f'<b>{x}</b>')", {"x"}),
        ("st.html('<b>' + note)", {"note"}),
        ("st.html(''.join(f'<i>{one}</i>' for one in lines))", {"one"}),
        ("made = f'{note}'; st.html(made)", {"note"}),
        ("st.html('%s' % note)", {"note"}),
        ("st.html(t('{x} photos', x=note))", {"note"}),
        ("st.html(f'{escape(note)} {x:.1f} {x.id}')", set()),
        ("st.html(t('{x} photos', x=escape(note)))", set()),
    ],
)
def test_the_reader_of_html_sees_what_is_not_escaped(line, found):
    module = ast.parse(f"def page(x, note, lines):\n    {line}\n")
    assert {ast.unparse(node) for node in Html(module).faults()} == found
