import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// jsdom has no media; nothing tested here depends on any.
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
  });

// Nor has it fonts, for whose coming areas that grow with their text wait.
Object.defineProperty(document, "fonts", { value: new EventTarget() });

// Nor lays it anything out, so that no size ever changes.
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

afterEach(cleanup);
