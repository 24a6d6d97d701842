import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Route, Routes } from "react-router";
import { createApi } from "../api/client";
import { ApiContext } from "../api/context";
import { useSession } from "../features/sign-in/use-session";
import { createQueryClient } from "./query-client";
import { SitePage } from "./SitePage";

/** Everything behind the sign-in. Its cache ends with it: what one person saw is never shown to the next. */
export function Console() {
  const session = useSession();
  const [api] = useState(() => createApi(session));
  const [queries] = useState(createQueryClient);
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <Routes>
          <Route path="/sites/:siteId" element={<SitePage />} />
          <Route path="*" element={<SitePage />} />
        </Routes>
      </QueryClientProvider>
    </ApiContext>
  );
}
