import { createContext, useContext, useSyncExternalStore } from "react";
import type { Redirect } from "./redirect";
import type { Person, Session } from "./session";

export const SessionContext = createContext<Session | null>(null);

/** The sign-in by redirect; null where there is none. */
export const RedirectContext = createContext<Redirect | null>(null);

export function useRedirect(): Redirect | null {
  return useContext(RedirectContext);
}

/** Signs out here, and where the person signed in by a redirect, there. */
export function useSignOut(): () => void {
  const session = useSession();
  const redirect = useRedirect();
  return () => {
    const isByRedirect = redirect?.isOf(session.person()) ?? false;
    session.signOut();
    if (redirect !== null && isByRedirect) window.location.assign(redirect.logoutUrl());
  };
}

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
