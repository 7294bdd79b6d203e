import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { answer } from "./server.ts";

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : undefined;
}

async function handle(request: IncomingMessage, response: ServerResponse, next: Connect.NextFunction) {
  const url = new URL(request.url ?? "/", "http://mock");
  if (!url.pathname.startsWith("/api/v1/")) return next();
  const cookie = request.headers.cookie ?? "";
  const { status, body, setCookie } = answer(request.method ?? "GET", url, await bodyOf(request), cookie);
  response.statusCode = status;
  if (setCookie) response.setHeader("Set-Cookie", setCookie);
  response.setHeader("Content-Type", status < 400 ? "application/json" : "application/problem+json");
  response.end(JSON.stringify(body ?? null));
}

/** Answers the own API from invented data, for looking at screens without a server; never part of the build. */
export function mockServer(): Plugin {
  const use = (middlewares: Connect.Server) => {
    middlewares.use((request, response, next) => {
      handle(request, response, next).catch(next);
    });
  };
  return {
    name: "percorso-mock",
    configureServer: (server) => use(server.middlewares),
    configurePreviewServer: (server) => use(server.middlewares),
  };
}
