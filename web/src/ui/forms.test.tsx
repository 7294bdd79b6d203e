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

  test("that nobody expected names its code, to be reported", () => {
    show({ status: 500, code: "unexpected", detail: "Something broke." });
    expect(screen.getByText("Something broke. · unexpected")).toBeDefined();
  });
});
