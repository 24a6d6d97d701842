import { ActionIcon, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { BrandMark } from "../components/BrandMark";
import { ColorSchemeMenu } from "../components/ColorSchemeMenu";
import { PersonIcon } from "../components/icons";
import { useIsOperator } from "../features/sign-in/roles";
import { usePerson, useSignOut } from "../features/sign-in/use-session";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";

interface Props {
  picker?: ReactNode;
  /** Where else one can go in this half of P09. */
  pages?: ReactNode;
  children: ReactNode;
}

export function Shell({ picker = null, pages = null, children }: Props) {
  const isOperator = useIsOperator();
  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <header className={classes.bar}>
        <div className={classes.inner} data-has-places={isOperator}>
          <BrandMark />
          {isOperator && <Navigation />}
          <div className={classes.picker}>{picker}</div>
          <ColorSchemeMenu />
          <AccountMenu />
        </div>
        {pages}
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function AccountMenu() {
  const signOut = useSignOut();
  const person = usePerson();
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Account">
          <PersonIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{person?.username}</Menu.Label>
        <Menu.Item component={Link} to="/account">
          Account and one-time codes
        </Menu.Item>
        <Menu.Item component="a" href="/docs">
          API documentation
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
