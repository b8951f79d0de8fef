import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "transparent", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65" },
  ".cm-content": { padding: "8px 0 40vh", caretColor: "var(--sun)" },
  ".cm-line": { padding: "0 16px 0 6px" },
  ".cm-cursor": { borderLeft: "2px solid var(--sun)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "var(--selection) !important",
  },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--faint)", paddingLeft: "4px" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 6px 0 4px", fontVariantNumeric: "tabular-nums" },
  ".cm-foldGutter .cm-gutterElement": { opacity: "0", transition: "opacity var(--quick)" },
  ".cm-gutters:hover .cm-foldGutter .cm-gutterElement": { opacity: "1" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--line-active)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-selectionMatch": { backgroundColor: "var(--selection)" },
  ".cm-problem-line": { backgroundColor: "var(--bad-surface) !important", boxShadow: "inset 2px 0 var(--bad)" },
  ".cm-tooltip": {
    border: "0",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--raised)",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--pressed)", color: "var(--text)" },
  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)", borderColor: "var(--line) !important" },
  ".cm-panel.cm-search": { padding: "8px 12px", fontFamily: "var(--font)" },
  ".cm-textfield, .cm-button": {
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    background: "var(--surface)",
    color: "var(--text)",
    fontFamily: "var(--font)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--warn-surface)", outline: "1px solid var(--warn)" },
  ".cm-foldPlaceholder": { border: "0", backgroundColor: "var(--pressed)", color: "var(--muted)", padding: "0 6px" },
  "@media (max-width: 760px)": {
    // Below 16 px, iOS zooms into what is typed in.
    "&": { fontSize: "16px" },
    ".cm-content": { fontSize: "14px" },
  },
});

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.self], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
    ],
    color: "var(--code-name)",
  },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--code-type)" },
  { tag: [tags.tagName, tags.angleBracket], color: "var(--code-name)" },
  { tag: tags.attributeName, color: "var(--code-type)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)" },
  { tag: [tags.punctuation, tags.operator, tags.bracket, tags.separator], color: "var(--code-punctuation)" },
]);

/** The editor in the page's own colours, light and dark. */
export const editorTheme: Extension = [look, syntaxHighlighting(colors)];
