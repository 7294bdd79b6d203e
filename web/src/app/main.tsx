import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.layer.css";
import "@/ui/tokens.css";
import "@/ui/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { preferredLanguage, speak } from "@/lib/i18n";
import { cssVariables, theme } from "@/ui/theme";
import { queries } from "./queries";
import { router } from "./router";
import { schemeManager } from "./scheme";

let leaving = false;

onSignedOut(async () => {
  const here = router.latestLocation;
  if (leaving || here.pathname === "/sign-in") return;
  // Several questions may have been under way; one answer is enough.
  leaving = true;
  queries.removeQueries({ queryKey: sessionQuery.queryKey });
  await router.navigate({ to: "/sign-in", search: { next: here.href }, replace: true });
  leaving = false;
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
