import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { type Asked, ChoiceDialog } from "./choice-dialog";

beforeEach(() => speak("it"));

const show = (part: { status: "subscribed" | "unsubscribed"; asks: boolean }) => {
  const asked: Asked = { kind: "status", listId: "l", listName: "Aurora News", channel: "email", ...part };
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
});
