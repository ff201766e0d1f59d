import { fill, h, icon } from "./dom";
import type { Kit } from "./kit";
import { prepared, shot, type Photo } from "./photo";
import { Problem } from "./shop";
import { viewfinder } from "./viewfinder";

interface Taker {
  onPhoto: (photo: Photo) => void;
  onProblem: (problem: Problem) => void;
}

/** Ways to a photo: the camera, the device, or one of ours to try. */
export class Start {
  readonly element: HTMLElement;
  readonly #kit: Kit;
  readonly #taker: Taker;
  readonly #place = h("div", { class: "ways" });
  #close: (() => void) | null = null;

  constructor(kit: Kit, taker: Taker) {
    this.#kit = kit;
    this.#taker = taker;
    const { speech } = kit;
    this.element = h(
      "section",
      { class: "start", "aria-label": speech.say("start") },
      h("h2", {}, speech.say("start")),
      h("p", {}, speech.say("startText")),
      this.#place,
      this.#samples(),
    );
    this.#showWays();
    void this.#tellKept();
  }

  /** Give up the camera, where it is on. */
  stop(): void {
    this.#close?.();
    this.#close = null;
    this.#showWays();
  }

  /** Take the first picture among files that were chosen, dropped or pasted. */
  async take(files: Iterable<Blob> | null | undefined): Promise<void> {
    const picture = [...(files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (picture) await this.#prepare(picture);
  }

  async #prepare(picture: Blob): Promise<void> {
    this.stop();
    try {
      this.#taker.onPhoto(await prepared(picture));
    } catch {
      this.#taker.onProblem(new Problem(415));
    }
  }

  #showWays(): void {
    const { speech } = this.#kit;
    const choose = this.#file({});
    const take = this.#file({ capture: "environment" });
    const isPhone = matchMedia("(pointer: coarse)").matches;
    const onTake = () => (isPhone ? take.click() : void this.#film());
    const canTake = isPhone || "mediaDevices" in navigator; // which pages without HTTPS have not
    fill(
      this.#place,
      canTake &&
        h(
          "button",
          { type: "button", class: "button primary", "data-key": "take", on: { click: onTake } },
          icon("camera"),
          speech.say("take"),
        ),
      h(
        "button",
        { type: "button", class: "button", on: { click: () => choose.click() } },
        icon("photo"),
        speech.say("choose"),
      ),
      choose,
      take,
      !isPhone && h("p", { class: "soft" }, speech.say("drop")),
    );
  }

  #file(more: { capture?: string }): HTMLInputElement {
    const input = h("input", { type: "file", accept: "image/*", hidden: true, ...more });
    input.addEventListener("change", () => void this.take(input.files));
    return input;
  }

  async #film(): Promise<void> {
    const { speech } = this.#kit;
    const finder = viewfinder(speech, {
      onShot: async (video) => {
        const photo = await shot(video);
        this.stop();
        this.#taker.onPhoto(photo);
      },
      onCancel: () => this.stop(),
    });
    this.#close = finder.close;
    fill(this.#place, finder.element);
    try {
      await finder.open();
    } catch {
      this.stop();
      this.#place.append(h("p", { class: "soft", role: "alert" }, speech.say("cameraRefused")));
    }
  }

  /** That photos may be kept, where they may: before one is given, not after. */
  async #tellKept(): Promise<void> {
    const { shop, speech } = this.#kit;
    try {
      const { photo } = await shop.settings({ language: speech.language });
      const count = Math.ceil(photo.missed_kept_days);
      if (count > 0) this.#place.after(h("p", { class: "soft" }, speech.say("kept", { count })));
    } catch {
      // Where nothing can be asked, no photo is searched with either.
    }
  }

  #samples(): HTMLElement | false {
    const { settings, speech } = this.#kit;
    const buttons = settings.samples.map((address, place) => {
      const label = speech.say("sample", { number: place + 1 });
      const picture = h("img", {
        ...{ src: address, alt: "", crossorigin: "anonymous" },
        ...{ width: 480, height: 640, loading: "lazy" },
      });
      const on = { click: () => void this.#sample(address) };
      const props = { type: "button", class: "sample", "aria-label": label, on };
      return h("li", {}, h("button", props, picture));
    });
    if (buttons.length === 0) return false;
    return h("div", {}, h("p", { class: "soft" }, speech.say("samples")), h("ul", {}, ...buttons));
  }

  async #sample(address: string): Promise<void> {
    try {
      const answer = await fetch(address, { credentials: "omit" });
      await this.#prepare(await answer.blob());
    } catch {
      this.#taker.onProblem(new Problem(0));
    }
  }
}
