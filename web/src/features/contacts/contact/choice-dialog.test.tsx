import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { type Asked, ChoiceDialog } from "./choice-dialog";

beforeEach(() => speak("it"));

const show = (part: { status: "subscribed" | "unsubscribed"; asks: boolean }) =>
  ask({ kind: "status", listId: "l", listName: "Aurora News", channel: "email", ...part });
const ask = (asked: Asked) => {
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <ChoiceDialog contactId="c" asked={asked} onClose={() => {}} />
      </QueryClientProvider>
    </MantineProvider>,
  );
};
const words = /resta in attesa e riceve un messaggio/;

describe("a choice recorded by hand", () => {
  test("says that who subscribes to a list that asks for confirmation stays pending", () => {
    show({ status: "subscribed", asks: true });
    expect(screen.getByText(words)).toBeDefined();
  });

  test.each([
    { status: "subscribed" as const, asks: false },
    { status: "unsubscribed" as const, asks: true },
  ])("says nothing of it of $status where the list asks: $asks", (part) => {
    show(part);
    expect(screen.getByText(/Resta scritto per sempre/)).toBeDefined();
    expect(screen.queryByText(words)).toBeNull();
  });

  test.each([
    { status: "subscribed" as const, verb: "Iscrivi", title: "Iscrivi alle email di Aurora News" },
    { status: "unsubscribed" as const, verb: "Disiscrivi", title: "Disiscrivi dalle email di Aurora News" },
  ])("is confirmed by the verb of what it does: $verb", ({ status, verb, title }) => {
    show({ status, asks: false });
    expect(screen.getByText(title)).toBeDefined();
    expect(screen.getByRole("button", { name: verb })).toBeDefined();
  });

  test("takes nothing for granted of what somebody agreed to", () => {
    ask({ kind: "leaf", leaf: "marketing.automatic.email", name: "Email" });
    const save = screen.getByRole("button", { name: "Registra" });
    fireEvent.change(screen.getByLabelText("Con quali parole"), { target: { value: "Sì, volentieri" } });
    fireEvent.click(screen.getByRole("button", { name: "in negozio" }));
    expect(save).toHaveProperty("disabled", true);
    fireEvent.click(screen.getByLabelText("Acconsente"));
    expect(save).toHaveProperty("disabled", false);
  });

  test("says what blocking an address does", () => {
    ask({ kind: "suppress", channel: "email", address: "alba@example.com" });
    expect(screen.getByText(/non parte più nulla di promozionale/)).toBeDefined();
  });
});
