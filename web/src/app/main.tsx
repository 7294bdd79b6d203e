import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.layer.css";
import "@/ui/tokens.css";
import "@/ui/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem, onSignedOut } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { preferredLanguage, speak } from "@/lib/i18n";
import { cssVariables, theme } from "@/ui/theme";
import { router } from "./router";
import { schemeManager } from "./scheme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      // What the server refused stays refused; only what did not get through is tried again.
      retry: (count, error) =>
        count < 2 && error instanceof ApiProblem && [0, 502, 503].includes(error.status),
    },
  },
});

onSignedOut(() => {
  const here = router.state.location;
  if (here.pathname === "/sign-in") return;
  queries.removeQueries({ queryKey: sessionQuery.queryKey });
  router.navigate({ to: "/sign-in", search: { next: here.href }, replace: true });
});

await speak(preferredLanguage());

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
