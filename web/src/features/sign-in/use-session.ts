import { createContext, useContext, useSyncExternalStore } from "react";
import type { Person, Session } from "./session";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession is called outside of SessionContext");
  return session;
}

/** Who is signed in, or null. */
export function usePerson(): Person | null {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.person);
}
