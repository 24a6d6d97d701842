import { Button, Combobox, useCombobox } from "@mantine/core";
import { useState } from "react";
import { CheckIcon, ChevronIcon, PlusIcon } from "../../components/icons";
import classes from "./SitePicker.module.css";
import type { Site } from "./sites";

const ADD = "add";
const SEARCHABLE_FROM = 8;

interface Props {
  sites: readonly Site[];
  current: Site | null;
  onChoose: (site: Site) => void;
  /** Missing where the person may not. */
  onAdd?: (() => void) | undefined;
}

export function SitePicker({ sites, current, onChoose, onAdd }: Props) {
  const [search, setSearch] = useState("");
  const isSearchable = sites.length >= SEARCHABLE_FROM;
  const combobox = useCombobox({
    onDropdownOpen: () => isSearchable && combobox.focusSearchInput(),
    onDropdownClose: () => setSearch(""),
  });
  const choose = (value: string) => {
    combobox.closeDropdown();
    const site = sites.find(({ site_id }) => site_id === value);
    if (site) onChoose(site);
    else onAdd?.();
  };
  return (
    <Combobox store={combobox} width={280} position="bottom-start" onOptionSubmit={choose}>
      <Combobox.Target targetType="button">
        <Button
          variant="default"
          className={classes.target}
          rightSection={<ChevronIcon />}
          aria-label={current ? `Site: ${current.domain}` : "Choose a site"}
          onClick={() => combobox.toggleDropdown()}
        >
          <span className={classes.chosen}>{current?.domain ?? "Choose a site"}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {isSearchable && (
          <Combobox.Search
            value={search}
            placeholder="Find a site"
            aria-label="Find a site"
            onChange={(event) => {
              setSearch(event.currentTarget.value);
              combobox.resetSelectedOption();
            }}
          />
        )}
        <Combobox.Options mah={320} className={classes.options} aria-label="Sites">
          {matching(sites, search).map((site) => (
            <Combobox.Option key={site.site_id} value={site.site_id} active={site === current}>
              <span className={classes.option}>
                <span className={classes.text}>
                  <span className={classes.domain}>{site.domain}</span>
                  <span className={classes.name}>{site.name}</span>
                </span>
                {site === current && <CheckIcon />}
              </span>
            </Combobox.Option>
          ))}
          {onAdd && (
            <Combobox.Option value={ADD} className={classes.add}>
              <PlusIcon /> Add a site
            </Combobox.Option>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function matching(sites: readonly Site[], search: string): readonly Site[] {
  const wanted = search.trim().toLowerCase();
  return sites.filter(({ domain, name }) => `${domain} ${name}`.toLowerCase().includes(wanted));
}
