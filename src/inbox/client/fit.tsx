import { render } from 'preact'

render(<p>fit</p>, document.getElementById('app') ?? document.body)
