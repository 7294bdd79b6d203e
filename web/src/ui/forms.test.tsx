import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { speak } from "@/lib/i18n";
import { Trouble } from "./forms";

beforeEach(() => speak("it"));

const show = (error: unknown, retry?: () => void, way?: ReactNode) =>
  render(
    <MantineProvider>
      <Trouble error={error} retry={retry} way={way} />
    </MantineProvider>,
  );

describe("trouble", () => {
  test.each([
    [403, "Qui non hai accesso", false],
    [404, "Non c’è, o non più", false],
    [0, "Il server non risponde", true],
    [503, "Un momento di pausa", true],
    [500, "Qualcosa è andato storto", true],
    [422, "Qualcosa è andato storto", true],
  ])("of status %i is told as “%s”, and tried again only where that can help", (status, title, again) => {
    const retry = vi.fn();
    show({ status, code: "odd", detail: "Odd." }, retry);
    expect(screen.getByRole("alert").textContent).toContain(title);
    const button = screen.queryByRole("button", { name: "Riprova" });
    expect(button !== null).toBe(again);
    if (button) fireEvent.click(button);
    expect(retry).toHaveBeenCalledTimes(again ? 1 : 0);
  });

  test("of a thing that is not there shows the way on; of any other it does not", () => {
    const view = show({ status: 404 }, undefined, <a href="/journeys">Vai ai percorsi</a>);
    expect(screen.getByRole("link", { name: "Vai ai percorsi" })).toBeDefined();
    view.unmount();
    show({ status: 403 }, undefined, <a href="/journeys">Vai ai percorsi</a>);
    expect(screen.queryByRole("link")).toBeNull();
  });

  test("of ours names the request where it has a name, never a code that says nothing", () => {
    const view = show({ status: 500, code: "internal_error", detail: "Failed.", requestId: "7f3a" });
    expect(screen.getByText("Richiesta 7f3a")).toBeDefined();
    view.unmount();
    show({ status: 500, code: "internal_error", detail: "Failed." });
    expect(screen.getByRole("alert").textContent).not.toMatch(/internal_error|Richiesta/);
  });

  test("of what was asked says what the server said of it", () => {
    show({ status: 422, code: "odd", detail: "Odd." });
    expect(screen.getByText("Odd.")).toBeDefined();
  });
});
