/** Elements, made and found. */

/** Attributes of an element; `false` and `undefined` leave one out. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** What an element may contain. */
export type Child = Node | string;

/** An HTML element with attributes and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Attributes = {},
    ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    setAttributes(element, attributes);
    element.append(...children);
    return element;
}

/** An SVG element with attributes and children. */
export function svg<K extends keyof SVGElementTagNameMap>(
    tag: K,
    attributes: Attributes = {},
    ...children: readonly Child[]
): SVGElementTagNameMap[K] {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    setAttributes(element, attributes);
    element.append(...children);
    return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === false) continue;
        element.setAttribute(name, value === true ? '' : value);
    }
}

/** The page's element of an id and kind. */
export function byId<T extends Element>(id: string, kind: abstract new () => T): T {
    const found = document.getElementById(id);
    if (found instanceof kind) return found;
    throw new Error(`the page has no ${kind.name} with the id ${id}`);
}

/**
 * Sets a text, and touches the page only if it is another one: screen readers
 * announce a live region whenever it is written.
 */
export function setText(element: Element, text: string): void {
    if (element.textContent !== text) element.textContent = text;
}

/** A row of terms and what they are; `set` changes one of them. */
export class Facts {
    /** The list. */
    readonly element = el('dl', { class: 'facts' });
    private readonly values = new Map<string, HTMLElement>();

    /** Shows a term, or takes it away without text. */
    set(term: string, text: string | undefined): void {
        const known = this.values.get(term);
        if (text === undefined) {
            known?.parentElement?.remove();
            this.values.delete(term);
            return;
        }
        if (known) return setText(known, text);
        const value = el('dd', {}, text);
        this.values.set(term, value);
        this.element.append(el('div', {}, el('dt', {}, term), value));
    }
}
