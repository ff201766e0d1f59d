import type { Page } from "playwright-core";

/** What a finger hits for sure, and the least that WCAG 2.2 asks of a link in a text. */
const SIZES = { control: 44, link: 24 };

/** Phones zoom into whatever is typed smaller than this. */
const LETTERS = 16;

/**
 * Each control that is seen, of a page or of one part of ours in it, and is smaller than a finger
 * needs, one line each: what it is, and how large. What is typed in has letters of 16 pixels at least.
 */
export function tooSmall(page: Page, part?: string): Promise<string[]> {
  return page.evaluate(measured, { sizes: SIZES, letters: LETTERS, part });
}

interface Asked {
  sizes: typeof SIZES;
  letters: number;
  part: string | undefined;
}

/** Runs in the page. What is smaller than needed may still be hit around it, or by its label. */
function measured({ sizes, letters, part }: Asked): string[] {
  const INTERACTIVE =
    "a[href], button, input, select, textarea, summary, [role=button], [role=link], " +
    "[role=menuitem], [role=menuitemradio], [role=option], [role=switch], [role=slider]";

  function within(root: Document | ShadowRoot): HTMLElement[] {
    const shadows = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
      shadowRoot ? within(shadowRoot) : [],
    );
    return [...root.querySelectorAll<HTMLElement>(INTERACTIVE), ...shadows];
  }

  function isSeen(element: HTMLElement): boolean {
    const { width, height, bottom } = element.getBoundingClientRect();
    const isHidden = element.closest("[aria-hidden=true], [inert], .hidden-text, .unseen") !== null;
    const isAbove = bottom + scrollY < 0; // as links that skip are until they have the focus
    const isLarge = width > 1 && height > 1;
    const isShown = element.checkVisibility({ visibilityProperty: true });
    return !isHidden && !isAbove && isLarge && isShown;
  }

  function told(element: HTMLElement): string {
    const name = element.getAttribute("aria-label") ?? element.textContent;
    return `${element.localName} “${name.trim().slice(0, 40)}”`;
  }

  /** How far the element is hit from its middle, both ways together. */
  function reach(element: HTMLElement, needed: number): [number, number] {
    const place = element.closest("label") ?? element;
    const { width, height } = place.getBoundingClientRect();
    if (width >= needed && height >= needed) return [width, height];
    place.scrollIntoView({ block: "center", inline: "center" });
    const { left, top } = place.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const root = place.getRootNode() as Document | ShadowRoot;
    const isHit = (dx: number, dy: number) => {
      const found = root.elementFromPoint(x + dx, y + dy);
      return found !== null && (place.contains(found) || found.contains(element));
    };
    const far = needed / 2 - 1;
    const across = isHit(-far, 0) && isHit(far, 0);
    const down = isHit(0, -far) && isHit(0, far);
    return [Math.max(width, across ? needed : 0), Math.max(height, down ? needed : 0)];
  }

  const found = new Set<string>();
  const root = part ? document.querySelector(part)?.shadowRoot : document;
  if (!root) throw new Error(`There is no ${String(part)}.`);
  for (const element of within(root).filter(isSeen)) {
    const style = getComputedStyle(element);
    const isText = element.matches("a") && style.display === "inline";
    const needed = isText ? sizes.link : sizes.control;
    const [width, height] = reach(element, needed).map(Math.round) as [number, number];
    if (width < needed || height < needed) {
      found.add(`${told(element)} is ${width} x ${height}, not ${needed}`);
    }
    const isPointed = element.matches("[type=checkbox], [type=radio], [type=range], [type=file]");
    const isTyped = element.matches("select, textarea, input") && !isPointed;
    if (isTyped && parseFloat(style.fontSize) < letters) {
      found.add(`${told(element)} has letters of ${style.fontSize}`);
    }
  }
  return [...found];
}
