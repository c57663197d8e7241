/** Lines, people, texts, accounts: `/office`. */
import { mount } from 'svelte';
import Office from './Office.svelte';

const target = document.getElementById('app');
if (target) mount(Office, { target });
