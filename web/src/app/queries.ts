import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/api/client";

/** What the screens remember of the server's answers. */
export const queries = new QueryClient({
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
